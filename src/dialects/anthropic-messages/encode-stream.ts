import type { AppliedEdit } from "../../model/context-edit.ts";
import type { ChatEvent } from "../../model/events.ts";
import { encodeSseEvent, escapeLineBreaks } from "../../stream/sse.ts";
import type { StreamEncoder } from "../dialect.ts";
import { encodeAppliedEdits } from "./context-management.ts";
import { encodeErrorBody } from "./encode-error.ts";
import { encodeFinishReason } from "./encode-finish-reason.ts";
import { encodeUsage } from "./encode-usage.ts";
import { createThinkingSignature, type ThinkingSignature } from "./thinking-signature.ts";
import { toToolUseId } from "./tool-use-id.ts";
import type { ToolsetCall } from "./toolset.ts";

/** What a stream says beside the events. */
export interface AnthropicStreamOptions {
  /** `msg_…` */
  readonly messageId: string;
  readonly requestId: string;
  /** The calls of toolsets by the name that the model uses. */
  readonly toolsetCalls?: ReadonlyMap<string, ToolsetCall>;
  /**
   * Our own count of the prompt, if it is ready by now. `message_start` has to give one before the upstream
   * tells; `message_delta` gives the final one.
   */
  readonly inputEstimate?: () => number | undefined;
  /** What is told of context management; `undefined`: nothing. */
  readonly appliedEdits?: readonly AppliedEdit[] | undefined;
}

const ping = encodeSseEvent("ping", '{"type":"ping"}');

/** A block that was opened: what its deltas begin with, so that a delta costs one string escape. */
type OpenBlock =
  | { readonly kind: "text"; readonly deltaHead: string }
  | { readonly kind: "reasoning"; readonly deltaHead: string; readonly signature: ThinkingSignature }
  /** Naive clients JSON.parse whatever was added up, so that a call needs at least an empty object. */
  | { readonly kind: "tool-call"; readonly deltaHead: string; empty: boolean };

function delta(index: number, type: string, field: string): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"${type}","${field}":`;
}

/**
 * Encodes canonical events as the Messages API's stream, block by block.
 * Source: https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function createStreamEncoder(options: AnthropicStreamOptions): StreamEncoder {
  let open: OpenBlock | undefined;

  function startBlock({ index, block }: Extract<ChatEvent, { type: "block-start" }>): string {
    const frame = (content: unknown) =>
      encodeSseEvent(
        "content_block_start",
        JSON.stringify({ type: "content_block_start", index, content_block: content }),
      );
    switch (block.kind) {
      case "text":
        open = { kind: "text", deltaHead: delta(index, "text_delta", "text") };
        return frame({ type: "text", text: "" });
      case "reasoning":
        open = {
          kind: "reasoning",
          deltaHead: delta(index, "thinking_delta", "thinking"),
          signature: createThinkingSignature(),
        };
        return frame({ type: "thinking", thinking: "", signature: "" });
      default:
        open = {
          kind: "tool-call",
          deltaHead: delta(index, "input_json_delta", "partial_json"),
          empty: true,
        };
        return frame({
          type: "tool_use",
          id: toToolUseId(block.callId),
          ...(options.toolsetCalls?.get(block.name) ?? { name: block.name }),
          input: {},
        });
    }
  }

  function writeDelta(text: string): string {
    if (open === undefined) throw new Error("A delta came outside of any block.");
    if (open.kind === "tool-call") open.empty = false;
    else if (open.kind === "reasoning") open.signature.push(text);
    return `${open.deltaHead}${escapeLineBreaks(JSON.stringify(text))}}}\n\n`;
  }

  /** What the block still lacks. */
  function writeRest(index: number): string {
    if (open?.kind === "tool-call" && open.empty) return writeDelta("{}");
    if (open?.kind !== "reasoning") return "";
    return `${delta(index, "signature_delta", "signature")}${JSON.stringify(open.signature.value())}}}\n\n`;
  }

  function endBlock(index: number): string {
    const rest = writeRest(index);
    open = undefined;
    return rest + encodeSseEvent("content_block_stop", `{"type":"content_block_stop","index":${index}}`);
  }

  return {
    push(event) {
      switch (event.type) {
        case "response-start":
          return encodeSseEvent(
            "message_start",
            JSON.stringify({
              type: "message_start",
              message: {
                id: options.messageId,
                type: "message",
                role: "assistant",
                model: event.model,
                content: [],
                stop_reason: null,
                stop_sequence: null,
                usage: encodeUsage({ outputTokens: 0, estimated: true }, options.inputEstimate?.()),
              },
            }),
          );
        case "block-start":
          return startBlock(event);
        case "block-delta":
          return writeDelta(event.text);
        case "block-end":
          return endBlock(event.index);
        default:
          return (
            encodeSseEvent(
              "message_delta",
              JSON.stringify({
                type: "message_delta",
                delta: encodeFinishReason(event.reason),
                usage: encodeUsage(event.usage, options.inputEstimate?.()),
                ...(options.appliedEdits && { context_management: encodeAppliedEdits(options.appliedEdits) }),
              }),
            ) + encodeSseEvent("message_stop", '{"type":"message_stop"}')
          );
      }
    },
    heartbeat: () => ping,
    fail(error) {
      return encodeSseEvent("error", JSON.stringify(encodeErrorBody(error, options.requestId)));
    },
  };
}
