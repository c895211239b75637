import type { FileFormat } from "./file-format.ts";
import { jsonFile } from "./json-file.ts";
import { tomlFile } from "./toml-file.ts";
import { yamlFile } from "./yaml-file.ts";

/** The formats whose files are edited in place. */
export const formats = { json: jsonFile, toml: tomlFile, yaml: yamlFile } as const satisfies Readonly<
  Record<string, FileFormat>
>;
