import type { Parameter } from "../../model/request.ts";
import { samplingSettings } from "./encode-request.ts";
import type { ServerRules } from "./server-rules.ts";

/**
 * What of a request's parameters is sent to a model: `rules` are those for the model itself, `taken` the server's names of what it
 * says that the model takes, `refused` those that it has refused.
 */
export function listParameters(
  rules: Pick<ServerRules, "sampling" | "thinking">,
  {
    taken,
    refused = [],
  }: {
    readonly taken?: ReadonlySet<string> | undefined;
    readonly refused?: readonly string[] | undefined;
  },
): readonly Parameter[] {
  const settings = samplingSettings.filter((setting) => {
    const name = rules.sampling[setting];
    return name !== undefined && taken?.has(name) !== false && !refused.includes(name);
  });
  return rules.thinking === undefined ? settings : [...settings, "effort"];
}
