import { findBaseUrlProblem, tidyBaseUrl } from "./check-base-url.ts";
import type { CompatibleOptions, UpstreamOptions } from "./configuration.ts";
import type { Mistake } from "./mistake.ts";
import type { ConfigurationReading } from "./reading.ts";
import { noModelOptions, type WebChat } from "./to-configuration.ts";
import { compatibleTypes } from "./upstream-types.ts";

/** The variables that add upstreams where there is no file. */
export const upstreamVariables = [
  "AKASHML_API_KEY",
  "AKASHML_BASE_URL",
  "COMPATIBLE_BASE_URL",
  "COMPATIBLE_API_KEY",
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The configuration without a file: the web chat, behind it AkashML if there is a key, behind that the server of
 * `COMPATIBLE_BASE_URL`. An empty variable counts as not set.
 */
export function readUpstreamVariables(environment: Environment, webChat: WebChat): ConfigurationReading {
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const given = (variable: (typeof upstreamVariables)[number]) => environment[variable]?.trim() || undefined;

  function readUrl(
    variable: "AKASHML_BASE_URL" | "COMPATIBLE_BASE_URL",
    fallback?: string,
  ): string | undefined {
    const url = given(variable) ?? fallback;
    const problem = url === undefined ? undefined : findBaseUrlProblem(url);
    if (problem === undefined) return url;
    mistakes.push({ place: { variable }, message: `${problem}.` });
    return undefined;
  }

  function readKey(variable: "AKASHML_API_KEY" | "COMPATIBLE_API_KEY"): string | undefined {
    const key = given(variable);
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
      mistakes.push({ place: { variable }, message: "must be printable ASCII without spaces." });
    }
    return key;
  }

  const akashmlKey = readKey("AKASHML_API_KEY");
  const akashmlUrl = readUrl("AKASHML_BASE_URL", compatibleTypes.akashml.baseUrl);
  const compatibleUrl = readUrl("COMPATIBLE_BASE_URL");
  const compatibleKey = readKey("COMPATIBLE_API_KEY");
  if (akashmlKey === undefined && given("AKASHML_BASE_URL") !== undefined) {
    warnings.push({
      place: { variable: "AKASHML_BASE_URL" },
      message:
        "is not used: AkashML wants a key. Set AKASHML_API_KEY, or COMPATIBLE_BASE_URL for a server without one.",
    });
  }
  if (compatibleKey !== undefined && given("COMPATIBLE_BASE_URL") === undefined) {
    warnings.push({
      place: { variable: "COMPATIBLE_API_KEY" },
      message: "is not used: it belongs to no server. Set COMPATIBLE_BASE_URL, too.",
    });
  }
  if (mistakes.length > 0) return { ok: false, mistakes, warnings, files: [] };

  const upstreams: UpstreamOptions[] = [{ ...common, name: "akash-chat", type: "akash-chat", ...webChat }];
  if (akashmlKey !== undefined && akashmlUrl !== undefined) {
    upstreams.push(createCompatible("akashml", "akashml", tidyBaseUrl(akashmlUrl, true), akashmlKey));
  }
  if (compatibleUrl !== undefined) {
    upstreams.push(
      createCompatible("compatible", "openai", tidyBaseUrl(compatibleUrl, false), compatibleKey),
    );
  }
  const configuration = { file: undefined, upstreams, models: [], aliases: [] };
  return { ok: true, configuration, warnings, files: [] };
}

const common = {
  headers: {},
  firstByteTimeoutMs: undefined,
  idleTimeoutMs: undefined,
  models: noModelOptions,
};

function createCompatible(
  name: string,
  type: CompatibleOptions["type"],
  baseUrl: string,
  apiKey: string | undefined,
): CompatibleOptions {
  return { ...common, name, type, baseUrl, apiKey };
}
