import type { Usage } from "../../model/events.ts";
import { encodeSseData } from "../../stream/sse.ts";
import type { ChoicesEncoder } from "../dialect.ts";
import { encodeFinishReason, type WireFinishReason } from "../openai-chat/encode-finish-reason.ts";
import { encodeUsage } from "../openai-chat/encode-usage.ts";
import { addUsages } from "../add-usages.ts";
import { encodeOpenAiErrorFrame } from "../encode-openai-error.ts";
import type { TextCompletionOptions } from "./encode-response.ts";

/**
 * Creates the encoder of a stream of `text_completion` objects with `count` choices, in the order of prompts
 * and then of `choices`. Only text has a place here.
 */
export function createChoicesEncoder(
  count: number,
  options: TextCompletionOptions & {
    readonly includeUsage: boolean;
    /** The model as the client wrote it: what chunks say until the answer names its own. */
    readonly model: string;
  },
): ChoicesEncoder {
  const { id, created, choices, echo } = options;
  const usages: Usage[] = [];
  const textOpen = new Set<number>();
  let opening = encodeOpening(options.model);

  function encodeOpening(model: string): string {
    const shared = JSON.stringify({ id, object: "text_completion", created, model });
    return `${shared.slice(0, -1)},"choices":[`;
  }

  function encodeChunk(index: number, text: string, finish: WireFinishReason | null): string {
    const choice = JSON.stringify({ text, index, logprobs: null, finish_reason: finish });
    return encodeSseData(`${opening}${choice}${options.includeUsage ? '],"usage":null}' : "]}"}`);
  }

  function encodeEnd(): string {
    if (Object.keys(usages).length < count) return "";
    const done = encodeSseData("[DONE]");
    if (!options.includeUsage) return done;
    const total = addUsages(usages, choices);
    const note = total.estimated ? ',"usage_estimated":true' : "";
    const usage = JSON.stringify(encodeUsage(total) ?? null);
    return encodeSseData(`${opening}],"usage":${usage}${note}}`) + done;
  }

  return {
    push(choice, event) {
      switch (event.type) {
        case "response-start": {
          opening = encodeOpening(event.model);
          const prompt = echo?.[Math.floor(choice / choices)];
          return prompt === undefined ? "" : encodeChunk(choice, prompt, null);
        }
        case "block-start":
          if (event.block.kind === "text") textOpen.add(choice);
          return "";
        case "block-delta":
          return textOpen.has(choice) ? encodeChunk(choice, event.text, null) : "";
        case "block-end":
          textOpen.delete(choice);
          return "";
        default:
          usages[choice] = event.usage;
          return encodeChunk(choice, "", encodeFinishReason(event.reason, false)) + encodeEnd();
      }
    },
    heartbeat() {
      const unfinished = Array.from({ length: count }, (_, index) => index).find(
        (index) => !(index in usages),
      );
      return unfinished === undefined ? "" : encodeChunk(unfinished, "", null);
    },
    fail: encodeOpenAiErrorFrame,
  };
}
