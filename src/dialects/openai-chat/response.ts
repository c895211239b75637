import type { Block, ChatResponse } from "../../model/collect.ts";
import { encodeFinishReason } from "./finish-reason.ts";
import { addUsages, encodeUsage } from "./usage.ts";

/** What a completion object has beside the answer. */
export interface CompletionIdentity {
  /** `chatcmpl-…` */
  readonly id: string;
  /** Unix time in s. */
  readonly created: number;
  readonly legacyFunctions: boolean;
}

function textOf(blocks: readonly Block[], kind: "text" | "reasoning"): string {
  return blocks.map((block) => (block.kind === kind ? block.text : "")).join("");
}

function encodeMessage(blocks: readonly Block[], legacy: boolean): Record<string, unknown> {
  const text = textOf(blocks, "text");
  const reasoning = textOf(blocks, "reasoning");
  const calls = blocks.flatMap((block) => {
    if (block.kind !== "tool-call") return [];
    const call = { name: block.name, arguments: block.arguments === "" ? "{}" : block.arguments };
    return [{ id: block.callId, type: "function", function: call }];
  });
  const [first] = calls;
  return {
    role: "assistant",
    content: text === "" && first !== undefined ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(first === undefined ? {} : legacy ? { function_call: first.function } : { tool_calls: calls }),
  };
}

/** The Go program's answer of AkashGen (row C5 of test/contract.test.ts), which stands beside OpenAI's fields. */
function encodePicture(responses: readonly ChatResponse[]): Record<string, unknown> {
  for (const { model, blocks } of responses) {
    for (const block of blocks) {
      if (block.kind !== "text" || block.image === undefined) continue;
      const { jobId, prompt, url } = block.image;
      return { code: 200, data: { model, jobId, prompt, pic: url } };
    }
  }
  return {};
}

/** The `chat.completion` object of one or more answers (`n`) to one request. */
export function encodeChatCompletion(
  responses: readonly ChatResponse[],
  identity: CompletionIdentity,
): Record<string, unknown> {
  const usage = encodeUsage(addUsages(responses.map((response) => response.usage)));
  return {
    id: identity.id,
    object: "chat.completion",
    created: identity.created,
    model: responses[0]?.model ?? "",
    choices: responses.map(({ blocks, finish }, index) => ({
      index,
      message: encodeMessage(blocks, identity.legacyFunctions),
      logprobs: null,
      finish_reason: encodeFinishReason(finish, identity.legacyFunctions),
    })),
    ...(usage === undefined ? {} : { usage }),
    ...encodePicture(responses),
  };
}
