/**
 * How a model comes by something: from its upstream (`native`), from the gateway (`emulated`; where the gateway can't supply
 * it, such as eyes, the model is without), or nobody has said yet.
 */
export type Support = "native" | "emulated" | "unknown";

/** What a model can, each by its own name, so that a new one can't be forgotten. */
export interface Capabilities {
  /** Takes definitions of tools and answers with calls. */
  readonly tools: Support;
  /** Keeps to one call an answer when asked to. */
  readonly parallelToolCalls: Support;
  /** Answers in the form of a JSON schema. */
  readonly jsonSchema: Support;
  /** Answers with a JSON object. */
  readonly jsonObject: Support;
  /** Gives its thinking apart from the text, takes earlier thinking back, and lets itself be told how much to think. */
  readonly reasoning: Support;
  /** Sees images. */
  readonly images: Support;
  /** Ends its answer before given texts. */
  readonly stop: Support;
  /** Ends its answer at a number of tokens. */
  readonly outputLimit: Support;
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
  "outputLimit",
] as const satisfies readonly (keyof Capabilities)[];

function all(support: Support): Capabilities {
  return {
    tools: support,
    parallelToolCalls: support,
    jsonSchema: support,
    jsonObject: support,
    reasoning: support,
    images: support,
    stop: support,
    outputLimit: support,
  };
}

/** Of a model that takes text and gives text, and nothing else. */
export const textOnly: Capabilities = all("emulated");

/** Of a model of which nobody has said anything. */
export const unknownCapabilities: Capabilities = all("unknown");

/**
 * How tools come about: where nobody has said whether a model takes them they are offered, since a server that can't says so, and
 * then it is known.
 */
export function toolSupport({ tools }: Pick<Capabilities, "tools"> = textOnly): "native" | "emulated" {
  return tools === "emulated" ? "emulated" : "native";
}

/** Puts together what was told: what comes later counts, and more than what is unknown. */
export function mergeCapabilities(...parts: readonly Partial<Capabilities>[]): Capabilities {
  const merged: { -readonly [Name in keyof Capabilities]: Support } = { ...unknownCapabilities };
  for (const part of parts) {
    for (const name of capabilityNames) {
      const support = part[name];
      if (support !== undefined && support !== "unknown") merged[name] = support;
    }
  }
  return merged;
}
