import type { Block, ChatResponse } from "../../model/collect.ts";
import { createCustomInputDecoder } from "../decode-custom-input.ts";
import { createTextJoiner } from "../join-texts.ts";
import { encodeFinishReason } from "./encode-finish-reason.ts";
import { addUsages } from "../add-usages.ts";
import { encodeUsage } from "./encode-usage.ts";

/** What a completion object has beside the answer. */
export interface CompletionIdentity {
  /** `chatcmpl-…` */
  readonly id: string;
  /** Unix time in s. */
  readonly created: number;
  readonly legacyFunctions: boolean;
  /** Names of the tools that take free-form text: their calls are of type `custom`. */
  readonly customTools?: ReadonlySet<string>;
}

function reasoningOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.kind === "reasoning" ? block.text : "")).join("");
}

/** The text of an answer. */
function textOf(blocks: readonly Block[]): string {
  const joiner = createTextJoiner();
  let text = "";
  for (const block of blocks) {
    if (block.kind === "tool-call") joiner.part();
    if (block.kind === "text") text += joiner.push(block.text);
  }
  return text;
}

type CallBlock = Extract<Block, { kind: "tool-call" }>;

function encodeCall(
  { callId: id, name, arguments: text }: CallBlock,
  customTools: ReadonlySet<string> | undefined,
) {
  if (customTools?.has(name) === true) {
    const decoder = createCustomInputDecoder();
    const input = decoder.push(text) + decoder.end();
    return { id, type: "custom" as const, custom: { name, input } };
  }
  return { id, type: "function" as const, function: { name, arguments: text === "" ? "{}" : text } };
}

function encodeMessage(
  blocks: readonly Block[],
  { legacyFunctions, customTools }: CompletionIdentity,
): Record<string, unknown> {
  const text = textOf(blocks);
  const reasoning = reasoningOf(blocks);
  const calls = blocks.flatMap((block) =>
    block.kind === "tool-call" ? [encodeCall(block, customTools)] : [],
  );
  const [first] = calls;
  const legacy = legacyFunctions && first?.type === "function" ? first.function : undefined;
  return {
    role: "assistant",
    content: text === "" && first !== undefined ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(first === undefined ? {} : legacy === undefined ? { tool_calls: calls } : { function_call: legacy }),
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
export function encodeResponse(
  responses: readonly ChatResponse[],
  identity: CompletionIdentity,
): Record<string, unknown> {
  const total = addUsages(responses.map((response) => response.usage));
  const usage = encodeUsage(total);
  return {
    id: identity.id,
    object: "chat.completion",
    created: identity.created,
    model: responses[0]?.model ?? "",
    choices: responses.map(({ blocks, finish }, index) => ({
      index,
      message: encodeMessage(blocks, identity),
      logprobs: null,
      finish_reason: encodeFinishReason(finish, identity.legacyFunctions),
    })),
    ...(usage === undefined ? {} : { usage }),
    ...(total.estimated ? { usage_estimated: true } : {}),
    ...encodePicture(responses),
  };
}
