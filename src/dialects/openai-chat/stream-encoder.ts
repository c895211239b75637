import type { Usage } from "../../model/events.ts";
import { encodeSseComment, encodeSseData } from "../../stream/sse.ts";
import type { ChoicesEncoder, StreamEncoder } from "../dialect.ts";
import { encodeOpenAiErrorFrame } from "../openai-error.ts";
import { type ChoiceEncoder, createChoiceEncoder } from "./choice-encoder.ts";
import type { CompletionIdentity } from "./response.ts";
import { addUsages, encodeUsage } from "./usage.ts";

/** What a stream of chunks is made from. */
export interface ChunkStreamOptions extends CompletionIdentity {
  /** The client asked for the usage chunk (`stream_options.include_usage`). */
  readonly includeUsage: boolean;
}

/**
 * Creates the encoder of a stream of `chat.completion.chunk` objects with `count` choices: first a chunk with the
 * role, then deltas, a chunk with the finish reason for each choice, the usage if it was asked for, and `[DONE]`. The
 * comment `: usage estimated` precedes usage that we counted ourselves.
 */
export function createChoicesEncoder(count: number, options: ChunkStreamOptions): ChoicesEncoder {
  const choices = new Map<number, ChoiceEncoder>();
  const usages: Usage[] = [];
  let opening = "";

  function encodeUsageChunk(): string {
    if (!options.includeUsage) return "";
    const total = addUsages(usages);
    const usage = encodeUsage(total) ?? null;
    const note = total.estimated ? encodeSseComment("usage estimated") : "";
    return note + encodeSseData(`${opening}],"usage":${JSON.stringify(usage)}}`);
  }

  function choiceEncoder(index: number): ChoiceEncoder {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const created = createChoiceEncoder({
      index,
      opening,
      closing: options.includeUsage ? '],"usage":null}' : "]}",
      legacyFunctions: options.legacyFunctions,
      customTools: options.customTools,
    });
    choices.set(index, created);
    return created;
  }

  return {
    push(choice, event) {
      if (event.type === "response-start" && opening === "") {
        const { id, created } = options;
        const shared = JSON.stringify({ id, object: "chat.completion.chunk", created, model: event.model });
        opening = `${shared.slice(0, -1)},"choices":[`;
      }
      const frames = choiceEncoder(choice).push(event);
      if (event.type !== "finish") return frames;
      usages[choice] = event.usage;
      if (Object.keys(usages).length < count) return frames;
      return frames + encodeUsageChunk() + encodeSseData("[DONE]");
    },
    fail: encodeOpenAiErrorFrame,
  };
}

/** Creates the encoder of a stream with one answer. */
export function createChatEncoder(options: ChunkStreamOptions): StreamEncoder {
  const encoder = createChoicesEncoder(1, options);
  return { push: (event) => encoder.push(0, event), fail: encodeOpenAiErrorFrame };
}
