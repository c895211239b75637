import type { SlotValue, SlotValues } from "../../domain/snippet.ts";

/** What a client is pointed at. */
export interface Connection {
  /** No trailing slash, without `/v1`. */
  readonly url: string;
  readonly key: SlotValue;
  /** `context` in tokens; `undefined`: nobody has said. */
  readonly model: { readonly id: string; readonly context: number | undefined };
  readonly imageModel: string | undefined;
  /** Whether one of the upstreams is that chat: the provider's name in clients follows it, as on the command line. */
  readonly isAkashChat: boolean;
}

/** What is taken for the context of a model of which nobody has said: too little ends no task, too much does. */
export const assumedContext = 64_000;

/** A quarter of what the model holds, the rest is for the prompt. */
const outputOf = (context: number): number => Math.min(32_000, Math.floor(context / 4));

/** Gemini CLI takes any model for one of 1,048,576 tokens, and sums up at a part of them: seven tenths of what the model holds. */
const thresholdOf = (context: number): number => Math.round((0.7 * context * 10_000) / 1_048_576) / 10_000;

/** What the places in a client's settings are filled with. */
export function toValues({ url, key, model, imageModel, isAkashChat }: Connection): SlotValues {
  const context = model.context ?? assumedContext;
  const [provider, prefix] = isAkashChat ? ["Akash Chat", "Akash "] : ["akashchat-api", "akashchat-api "];
  const texts = {
    url,
    model: model.id,
    modelName: prefix + model.id,
    imageModel: imageModel ?? "",
    context: String(context),
    output: String(outputOf(context)),
    prompt: String(context - outputOf(context)),
    compressionThreshold: String(thresholdOf(context)),
    provider,
    keyVariable: `${provider.toUpperCase().replaceAll(/[^A-Z\d]+/g, "_")}_API_KEY`,
  };
  const values = Object.entries(texts).map(([slot, text]) => [slot, { text }] as const);
  return { ...(Object.fromEntries(values) as Record<keyof typeof texts, SlotValue>), key };
}
