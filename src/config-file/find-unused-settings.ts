import type { ConfigFile } from "./file-schema.ts";
import type { Mistake } from "./mistake.ts";
import { upstreamVariables, type ConfigurationSettings, type Environment } from "./settings.ts";
import { isWebChatInput } from "./upstream-schema.ts";

/** What else there is beside the content of a file. */
export interface FileSurroundings {
  readonly path: string;
  readonly settings: ConfigurationSettings;
  readonly environment: Environment;
  /** The variables that the file names. */
  readonly named: ReadonlySet<string>;
}

/** Names each setting of upstreams that has no effect because a file says which there are: its list is complete. */
export function findUnusedSettings(content: ConfigFile, surroundings: FileSurroundings): readonly Mistake[] {
  const { path, settings, environment, named } = surroundings;
  const webChats = content.upstreams.filter(isWebChatInput);
  const atDefault = webChats.filter((entry) => entry.base_url === undefined);
  const takers = {
    AKASH_BASE_URL: atDefault.length,
    AKASH_ACCESS_TOKEN: atDefault.filter((entry) => entry.access_token === undefined).length,
    AKASH_COOKIE: atDefault.filter((entry) => entry.cookie === undefined).length,
    AKASH_USER_AGENT: webChats.filter((entry) => entry.user_agent === undefined).length,
  };
  // This one has a default.
  const isBaseUrlSet = (environment["AKASH_BASE_URL"] ?? "").trim() !== "";
  const isUnused = (variable: string) => !named.has(variable);
  return [
    ...upstreamVariables
      .filter((variable) => settings[variable] !== undefined && isUnused(variable))
      .map((variable) => ({
        place: { variable },
        message: `is not used: the upstreams are those of ${path}, which does not name it.`,
      })),
    ...(["AKASH_BASE_URL", "AKASH_ACCESS_TOKEN", "AKASH_COOKIE", "AKASH_USER_AGENT"] as const)
      .filter((variable) => (variable === "AKASH_BASE_URL" ? isBaseUrlSet : settings[variable] !== undefined))
      .filter((variable) => takers[variable] === 0 && isUnused(variable))
      .map((variable) => ({
        place: { variable },
        message: `is not used: no upstream of ${path} is an akash-chat that takes it.`,
      })),
  ];
}
