import { createRequire } from "node:module";

import type * as Yaml from "yaml";

const load = createRequire(import.meta.url);

/** The library for YAML, loaded at first use: a gateway without a configuration file starts without its 70 files. */
export function loadYaml(): typeof Yaml {
  const yaml: typeof Yaml = load("yaml");
  return yaml;
}
