import type { Config } from "../config.ts";
import type { WebChat } from "./to-configuration.ts";

/** The variables that add upstreams where there is no file. */
export const upstreamVariables = [
  "AKASHML_API_KEY",
  "AKASHML_BASE_URL",
  "COMPATIBLE_BASE_URL",
  "COMPATIBLE_API_KEY",
] as const;

/** The settings that say which upstreams and names there are, or add to what a file says of them. */
export type ConfigurationSettings = Pick<
  Config,
  | (typeof upstreamVariables)[number]
  | "AKASH_BASE_URL"
  | "AKASH_ACCESS_TOKEN"
  | "AKASH_COOKIE"
  | "AKASH_USER_AGENT"
  | "MODEL_ALIASES"
  | "DEFAULT_MODEL"
>;

/** What `${NAME}` stands for, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The web chat of the `AKASH_…` settings. */
export function webChatOf(settings: ConfigurationSettings): WebChat {
  return {
    baseUrl: settings.AKASH_BASE_URL,
    accessToken: settings.AKASH_ACCESS_TOKEN,
    cookie: settings.AKASH_COOKIE,
    userAgent: settings.AKASH_USER_AGENT,
  };
}
