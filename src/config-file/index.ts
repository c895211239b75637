export type * from "./configuration.ts";
export { findConfigFile, type FoundConfigFile } from "./find-config-file.ts";
export { describeMistakes, type Mistake } from "./mistake.ts";
export { readConfigFile } from "./read-config-file.ts";
export { readUpstreamVariables, upstreamVariables } from "./read-variables.ts";
export type { ConfigurationReading } from "./reading.ts";
export type { WebChat } from "./to-configuration.ts";
export { watchConfigFile, type ConfigFileWatch } from "./watch-config-file.ts";
