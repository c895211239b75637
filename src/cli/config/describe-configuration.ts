import { showText } from "../../config-file/shown-text.ts";
import type { GatewayConfiguration } from "../../config-file/index.ts";
import type { ModelOptions } from "../../upstreams/model-options.ts";
import { isWebChat, type UpstreamEntry } from "../../upstreams/upstream-entry.ts";

/** A configuration as people and programs may see it: of secrets it says whether they are set. Keys are those of the file. */
export interface ShownConfiguration {
  readonly upstreams: readonly ShownUpstream[];
  readonly models: readonly { readonly name: string; readonly targets: readonly string[] }[];
  readonly aliases: readonly { readonly from: string; readonly to: string }[];
}

type ShownOptions = Readonly<Record<string, unknown>>;

interface ShownUpstream {
  readonly name: string;
  readonly type: string;
  readonly base_url: string;
  /** By key, whether it is set. */
  readonly secrets: Readonly<Record<string, boolean>>;
  /** Their names alone. */
  readonly headers: readonly string[];
  readonly first_byte_timeout_ms?: number;
  readonly idle_timeout_ms?: number;
  readonly models: ShownOptions & {
    readonly include?: readonly string[];
    readonly overrides?: readonly (ShownOptions & { readonly match: string })[];
  };
}

/** Takes the secrets out of a configuration. */
export function showConfiguration({ upstreams, models, aliases }: GatewayConfiguration): ShownConfiguration {
  return {
    upstreams: upstreams.map(showUpstream),
    models: models.map(({ name, targets }) => ({
      name,
      targets: targets.map(({ upstream, model }) => `${upstream}/${model}`),
    })),
    aliases,
  };
}

function showUpstream(options: UpstreamEntry): ShownUpstream {
  const { include, overrides, all } = options.models;
  return {
    name: options.name,
    type: options.type,
    base_url: showText(options.baseUrl),
    secrets: isWebChat(options)
      ? { access_token: options.accessToken !== undefined, cookie: options.cookie !== undefined }
      : { api_key: options.apiKey !== undefined },
    headers: Object.keys(options.headers),
    ...(options.firstByteTimeoutMs === undefined
      ? {}
      : { first_byte_timeout_ms: options.firstByteTimeoutMs }),
    ...(options.idleTimeoutMs === undefined ? {} : { idle_timeout_ms: options.idleTimeoutMs }),
    models: {
      ...showOptions(all),
      ...(include === undefined ? {} : { include }),
      ...(overrides.length === 0
        ? {}
        : { overrides: overrides.map(({ match, options: own }) => ({ match, ...showOptions(own) })) }),
    },
  };
}

function showOptions(options: ModelOptions): ShownOptions {
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** The lines that say what a configuration means. */
export function describeConfiguration(
  shown: ShownConfiguration,
  defaultModel: string | undefined,
): readonly string[] {
  const { upstreams, models, aliases } = shown;
  return [
    "Upstreams, in the order in which they are asked:",
    ...upstreams.flatMap((upstream, index) => describeUpstream(upstream, index + 1)),
    ...(models.length === 0 ? [] : ["Names:"]),
    ...table(models.map(({ name, targets }) => [name, targets.join(", ")])),
    ...(aliases.length === 0 ? [] : ["Aliases, of patterns the first that fits:"]),
    ...table(aliases.map(({ from, to }) => [from, to])),
    ...(defaultModel === undefined ? [] : ["The model auto (DEFAULT_MODEL):", `  ${defaultModel}`]),
  ];
}

function table(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`);
}

function describeUpstream(upstream: ShownUpstream, place: number): readonly string[] {
  const { name, type, base_url, secrets, headers, models, ...times } = upstream;
  const { include, overrides = [], ...options } = models;
  const details = [
    Object.entries(secrets)
      .map(([key, isSet]) => `${key} ${isSet ? "is set" : "is not set"}`)
      .join(", "),
    headers.length === 0 ? "" : `headers: ${headers.join(", ")}`,
    describeOptions(times),
    Object.keys(options).length === 0 ? "" : `models: ${describeOptions(options)}`,
    include === undefined ? "" : `only the models ${include.join(", ")}`,
    ...overrides.map(({ match, ...own }) => `${match}: ${describeOptions(own)}`),
  ];
  return [
    `  ${place}. ${name}: ${type} at ${base_url}`,
    ...details.filter((detail) => detail !== "").map((detail) => `     ${detail}`),
  ];
}

function describeOptions(options: object): string {
  return Object.entries(options)
    .map(([key, value]: [string, unknown]) =>
      typeof value === "object" && value !== null
        ? `${key} { ${describeOptions(value)} }`
        : `${key} ${String(value)}`,
    )
    .join(", ");
}
