import type { AnyJson } from "../../../support/post.ts";

/** A request that uses one parameter, in such a way that it asks for something. */
export interface Example {
  readonly path: string;
  /** None: a GET. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Makes an example that refers to an earlier answer; `answer` posts a body, to `/v1/responses` unless a path is given, and gives what comes. */
export type Maker = (answer: (body: Fields, path?: string) => Promise<AnyJson>) => Promise<Example>;

/** Fields of a body, or all of it. */
export type Fields = Readonly<Record<string, unknown>>;
/** Examples by the names of their parameters. */
export type Examples = Readonly<Record<string, Example | Maker>>;

/** A message that any request may end with. */
export const user = { role: "user", content: "Hi" };
/** A model of the simulator. */
export const model = "DeepSeek-V3.2";
/** A tool without arguments. */
export const tool = { name: "look", parameters: { type: "object", properties: {} } };
/** The beginning of a PNG, which is enough to be sent. */
export const picture = "data:image/png;base64,iVBORw0KGgo=";

/** Examples of one route: to each parameter the fields that are added to what every request has. */
export function on(path: string, base: Fields, fields: Readonly<Record<string, Fields>>): Examples {
  return Object.fromEntries(
    Object.entries(fields).map(([name, own]) => [name, { path, body: { ...base, ...own } }]),
  );
}

/** The same value under several names. */
export function same<T>(names: readonly string[], toValue: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, toValue(name)]));
}

/** What asks for obfuscation, in every API. */
export const obfuscation = { stream: true, stream_options: { include_obfuscation: true } };
const blockable = { moderation: { model: "m", policy: { input: { mode: "score" } } } };

/** Parameters that mean the same in Chat Completions and Responses. */
export const common = {
  model: {},
  stream: { stream: true },
  "stream_options.include_obfuscation": obfuscation,
  temperature: { temperature: 0.5 },
  top_p: { top_p: 0.9 },
  stop: { stop: "END" },
  parallel_tool_calls: { parallel_tool_calls: false },
  metadata: { metadata: { a: "b" } },
  moderation: blockable,
  prompt_cache_key: { prompt_cache_key: "k" },
  prompt_cache_options: { prompt_cache_options: { mode: "explicit" } },
  prompt_cache_retention: { prompt_cache_retention: "24h" },
  safety_identifier: { safety_identifier: "s" },
  service_tier: { service_tier: "flex" },
  user: { user: "u" },
} satisfies Record<string, Fields>;
