export type * from "./configuration.ts";
export {
  followConfiguration,
  type FollowedConfiguration,
  type ReloadOutcome,
} from "./follow-configuration.ts";
export { loadConfiguration, type LoadedConfiguration } from "./load-configuration.ts";
export { describeMistake, describeMistakes, type Mistake } from "./mistake.ts";
export type { Environment } from "./settings.ts";
