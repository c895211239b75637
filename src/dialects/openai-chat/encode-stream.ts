import type { Usage } from "../../model/events.ts";
import { encodeSseData } from "../../stream/sse.ts";
import type { ChoicesEncoder, StreamEncoder } from "../dialect.ts";
import { encodeOpenAiErrorFrame } from "../encode-openai-error.ts";
import { type ChoiceEncoder, createChoiceEncoder } from "./encode-choice.ts";
import type { CompletionIdentity } from "./encode-response.ts";
import { addUsages } from "../add-usages.ts";
import { encodeUsage } from "./encode-usage.ts";

/** What a stream of chunks is made from. */
export interface ChunkStreamOptions extends CompletionIdentity {
  /** The client asked for the usage chunk (`stream_options.include_usage`). */
  readonly includeUsage: boolean;
  /** The model as the client wrote it: what chunks say until the answer names its own. */
  readonly model: string;
}

/**
 * Creates the encoder of a stream of `chat.completion.chunk` objects with `count` choices: first a chunk with the
 * role, then deltas, a chunk with the finish reason for each choice, the usage if it was asked for, and `[DONE]`. Beside
 * usage that we counted ourselves stands `usage_estimated`. There are no comments: some readers know only `data:`.
 */
export function createChoicesEncoder(count: number, options: ChunkStreamOptions): ChoicesEncoder {
  const choices = new Map<number, ChoiceEncoder>();
  const usages: Usage[] = [];
  let opening = encodeOpening(options.model);
  let named = false;

  function encodeOpening(model: string): string {
    const { id, created } = options;
    const shared = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
    return `${shared.slice(0, -1)},"choices":[`;
  }

  function encodeUsageChunk(): string {
    if (!options.includeUsage) return "";
    const total = addUsages(usages);
    const usage = encodeUsage(total) ?? null;
    const note = total.estimated ? ',"usage_estimated":true' : "";
    return encodeSseData(`${opening}],"usage":${JSON.stringify(usage)}${note}}`);
  }

  function choiceEncoder(index: number): ChoiceEncoder {
    const known = choices.get(index);
    if (known !== undefined) return known;
    const created = createChoiceEncoder({
      index,
      opening: () => opening,
      closing: options.includeUsage ? '],"usage":null}' : "]}",
      legacyFunctions: options.legacyFunctions,
      customTools: options.customTools,
    });
    choices.set(index, created);
    return created;
  }

  return {
    push(choice, event) {
      if (event.type === "response-start" && !named) {
        named = true;
        opening = encodeOpening(event.model);
      }
      const frames = choiceEncoder(choice).push(event);
      if (event.type !== "finish") return frames;
      usages[choice] = event.usage;
      if (Object.keys(usages).length < count) return frames;
      return frames + encodeUsageChunk() + encodeSseData("[DONE]");
    },
    heartbeat() {
      const unfinished = Array.from({ length: count }, (_, index) => index).find(
        (index) => !(index in usages),
      );
      return unfinished === undefined ? "" : choiceEncoder(unfinished).heartbeat();
    },
    fail: encodeOpenAiErrorFrame,
  };
}

/** Creates the encoder of a stream with one answer. */
export function createStreamEncoder(options: ChunkStreamOptions): StreamEncoder {
  const encoder = createChoicesEncoder(1, options);
  return {
    push: (event) => encoder.push(0, event),
    heartbeat: () => encoder.heartbeat(),
    fail: encodeOpenAiErrorFrame,
  };
}
