import { GatewayError } from "../../errors.ts";
import type { Block, ChatResponse } from "../../model/collect.ts";
import type { AppliedEdit } from "../../model/context-edit.ts";
import type { FinishReason } from "../../model/events.ts";
import { encodeAppliedEdits, type WireAppliedEdits } from "./context-management.ts";
import { encodeFinishReason, type WireStop } from "./encode-finish-reason.ts";
import { encodeUsage, type WireUsage } from "./encode-usage.ts";
import { createThinkingSignature } from "./thinking-signature.ts";
import { toToolUseId } from "./tool-use-id.ts";
import type { ToolsetCall } from "./toolset.ts";

/** A block of an answer. */
export type WireAnswerBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | {
      readonly type: "tool_use";
      readonly id: string;
      readonly name: string;
      /** The family, when `name` is that of a member of a toolset. */
      readonly toolset_name?: string;
      readonly input: unknown;
    };

/** The arguments as a value. A call that the token limit cut has none that could be used. */
function parseArguments(text: string, finish: FinishReason): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    if (finish.kind === "length") return {};
    throw new GatewayError("output-invalid", "The model called a tool with arguments that are not JSON.", {
      cause: error,
    });
  }
}

/** How an answer is encoded. */
export interface AnswerOptions {
  /** `msg_…` */
  readonly messageId: string;
  /** The calls of toolsets by the name that the model uses. */
  readonly toolsetCalls?: ReadonlyMap<string, ToolsetCall> | undefined;
  readonly inputEstimate?: number | undefined;
  /** What is told of context management; `undefined`: nothing. */
  readonly appliedEdits?: readonly AppliedEdit[] | undefined;
}

function encodeBlock(
  block: Block,
  finish: FinishReason,
  toolsetCalls: AnswerOptions["toolsetCalls"],
): WireAnswerBlock {
  switch (block.kind) {
    case "text":
      return { type: "text", text: block.text };
    case "reasoning": {
      const signature = createThinkingSignature();
      signature.push(block.text);
      return { type: "thinking", thinking: block.text, signature: signature.value() };
    }
    default:
      return {
        type: "tool_use",
        id: toToolUseId(block.callId),
        ...(toolsetCalls?.get(block.name) ?? { name: block.name }),
        input: parseArguments(block.arguments, finish),
      };
  }
}

/** The answer to a request without `stream`. */
export interface WireAnswer extends WireStop {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly WireAnswerBlock[];
  readonly usage: WireUsage;
  readonly context_management?: WireAppliedEdits;
}

/**
 * Encodes a whole answer. Throws `output-invalid` for tool arguments that are not JSON (the shapers let none
 * through, unless the token limit cut them).
 */
export function encodeResponse(response: ChatResponse, options: AnswerOptions): WireAnswer {
  return {
    id: options.messageId,
    type: "message",
    role: "assistant",
    model: response.model,
    content: response.blocks.map((block) => encodeBlock(block, response.finish, options.toolsetCalls)),
    ...encodeFinishReason(response.finish),
    usage: encodeUsage(response.usage, options.inputEstimate),
    ...(options.appliedEdits && { context_management: encodeAppliedEdits(options.appliedEdits) }),
  };
}
