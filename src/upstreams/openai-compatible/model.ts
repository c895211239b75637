/**
 * How a model comes by something: by itself; by the gateway, because the server says that the model lacks it (where the gateway
 * can't supply it, such as pictures, the model is without); or nobody has said.
 */
export type Support = "native" | "emulated" | "unknown";

/** What a model can. */
export interface Capabilities {
  readonly tools: Support;
  readonly parallelToolCalls: Support;
  readonly jsonSchema: Support;
  readonly jsonObject: Support;
  readonly reasoning: Support;
  readonly images: Support;
  readonly stop: Support;
}

/** The names of all capabilities. */
export const capabilityNames = [
  "tools",
  "parallelToolCalls",
  "jsonSchema",
  "jsonObject",
  "reasoning",
  "images",
  "stop",
] as const satisfies readonly (keyof Capabilities)[];

/** What a model costs, in US dollars. */
export interface Price {
  readonly inputPerMillion?: number;
  readonly outputPerMillion?: number;
  readonly perRequest?: number;
}

/** What a server says of a model that it has. What it does not say is left out. */
export interface CompatibleModel {
  readonly id: string;
  readonly kind: "chat" | "embedding" | "image" | "other";
  readonly name?: string;
  readonly description?: string;
  readonly ownedBy?: string;
  /** Tokens that prompt and answer share, as the server was started, not as the model could. */
  readonly contextLength?: number;
  /** Most tokens of an answer. */
  readonly maxOutputTokens?: number;
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
  /** Whether it is in memory; one that is not is loaded by its first request. */
  readonly loaded?: boolean;
  readonly price?: Price;
  readonly capabilities: Capabilities;
}
