import type { GatewayConfiguration } from "./configuration.ts";
import type { Mistake } from "./mistake.ts";

/** What comes of reading a configuration: a whole one, or everything that is wrong with it. */
export type ConfigurationReading = (
  | { readonly ok: true; readonly configuration: GatewayConfiguration }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] }
) & {
  /** What can be used but is likely meant otherwise. */
  readonly warnings: readonly Mistake[];
  /** Full paths of the files that it depends on: the configuration's own and those of secrets. */
  readonly files: readonly string[];
};
