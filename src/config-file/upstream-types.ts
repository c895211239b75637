import type { SetupRules } from "../upstreams/openai-compatible/server-rules.ts";
import { servers } from "../upstreams/openai-compatible/servers/index.ts";

const setups = new Map(servers.map(({ name, setup }) => [name, setup]));

/** Every `type` of an OpenAI-compatible upstream. */
export const compatibleTypes: readonly string[] = [...setups.keys()];

/** Every `type` that an upstream may have. */
export const upstreamTypes: readonly string[] = ["akash-chat", ...compatibleTypes];

/** What is particular about the configuration of a type. Throws `Error` for one that there is not. */
export function setupOf(type: string): SetupRules {
  const setup = setups.get(type);
  if (setup === undefined) throw new Error(`There is no type ${type} of compatible upstreams.`);
  return setup;
}
