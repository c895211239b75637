import { tidyBaseUrl } from "../base-url.ts";
import type { CompatibleEntry, UpstreamEntry } from "../upstreams/upstream-entry.ts";
import type { GatewayConfiguration } from "./configuration.ts";
import { findNameWarnings } from "./find-name-warnings.ts";
import type { Mistake } from "./mistake.ts";
import { webChatOf, type ConfigurationSettings } from "./settings.ts";
import { noModelOptions } from "./to-configuration.ts";
import { setupOf } from "./upstream-types.ts";

/**
 * The configuration without a file: the web chat, behind it AkashML if there is a key, behind that the server of
 * `COMPATIBLE_BASE_URL`.
 */
export function readUpstreamVariables(settings: ConfigurationSettings): {
  readonly configuration: GatewayConfiguration;
  readonly warnings: readonly Mistake[];
} {
  const { AKASHML_API_KEY, AKASHML_BASE_URL, COMPATIBLE_API_KEY, COMPATIBLE_BASE_URL } = settings;
  const warnings: Mistake[] = [];
  if (AKASHML_API_KEY === undefined && AKASHML_BASE_URL !== undefined) {
    warnings.push({
      place: { variable: "AKASHML_BASE_URL" },
      message:
        "is not used: AkashML wants a key. Set AKASHML_API_KEY, or COMPATIBLE_BASE_URL for a server without one.",
    });
  }
  if (COMPATIBLE_API_KEY !== undefined && COMPATIBLE_BASE_URL === undefined) {
    warnings.push({
      place: { variable: "COMPATIBLE_API_KEY" },
      message: "is not used: it belongs to no server. Set COMPATIBLE_BASE_URL, too.",
    });
  }

  const upstreams: UpstreamEntry[] = [
    { ...common, name: "akash-chat", type: "akash-chat", ...webChatOf(settings) },
  ];
  if (AKASHML_API_KEY !== undefined) {
    const url = tidyBaseUrl(AKASHML_BASE_URL ?? setupOf("akashml").baseUrl ?? "", true);
    upstreams.push(createCompatible("akashml", "akashml", url, AKASHML_API_KEY));
  }
  if (COMPATIBLE_BASE_URL !== undefined) {
    const url = tidyBaseUrl(COMPATIBLE_BASE_URL, false);
    upstreams.push(createCompatible("compatible", "openai", url, COMPATIBLE_API_KEY));
  }
  const configuration = { file: undefined, upstreams, models: [], aliases: settings.MODEL_ALIASES };
  return { configuration, warnings: [...warnings, ...findNameWarnings(configuration, settings)] };
}

const common = {
  headers: {},
  firstByteTimeoutMs: undefined,
  idleTimeoutMs: undefined,
  models: noModelOptions,
};

function createCompatible(
  name: string,
  type: CompatibleEntry["type"],
  baseUrl: string,
  apiKey: string | undefined,
): CompatibleEntry {
  return { ...common, name, type, baseUrl, apiKey };
}
