import { createRequire } from "node:module";

const load = createRequire(import.meta.url);

/** The library for YAML, loaded at first use: a gateway without a configuration file starts without its 70 files. */
export function loadYaml(): typeof import("yaml") {
  const yaml: typeof import("yaml") = load("yaml");
  return yaml;
}
