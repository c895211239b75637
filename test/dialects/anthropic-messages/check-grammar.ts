import assert from "node:assert/strict";

import { z } from "zod";

const usage = z.looseObject({ input_tokens: z.int().min(0), output_tokens: z.int().min(0) });

const deltaOf = {
  text: "text_delta",
  thinking: "thinking_delta",
  tool_use: "input_json_delta",
} as const;

const stopReason = z.enum(["end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal"]);

/** Every event that a Messages stream may hold, with the fields that clients read. */
const wireEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("message_start"),
    message: z.object({
      id: z.string().startsWith("msg_"),
      type: z.literal("message"),
      role: z.literal("assistant"),
      model: z.string().min(1),
      content: z.tuple([]),
      stop_reason: z.null(),
      stop_sequence: z.null(),
      usage,
    }),
  }),
  z.object({
    type: z.literal("content_block_start"),
    index: z.int(),
    content_block: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text"), text: z.literal("") }),
      z.strictObject({ type: z.literal("thinking"), thinking: z.literal(""), signature: z.literal("") }),
      z.strictObject({
        type: z.literal("tool_use"),
        id: z.string().min(1),
        name: z.string().min(1),
        input: z.strictObject({}),
      }),
    ]),
  }),
  z.object({
    type: z.literal("content_block_delta"),
    index: z.int(),
    delta: z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("text_delta"), text: z.string().min(1) }),
      z.strictObject({ type: z.literal("thinking_delta"), thinking: z.string().min(1) }),
      z.strictObject({ type: z.literal("signature_delta"), signature: z.string().min(1) }),
      z.strictObject({ type: z.literal("input_json_delta"), partial_json: z.string().min(1) }),
    ]),
  }),
  z.object({ type: z.literal("content_block_stop"), index: z.int() }),
  z.object({
    type: z.literal("message_delta"),
    delta: z.looseObject({ stop_reason: stopReason, stop_sequence: z.string().nullable() }),
    usage,
  }),
  z.strictObject({ type: z.literal("message_stop") }),
  z.strictObject({ type: z.literal("ping") }),
  z.object({
    type: z.literal("error"),
    error: z.object({ type: z.string().min(1), message: z.string().min(1) }),
  }),
]);

/** An event of a Messages stream. */
export type WireEvent = z.output<typeof wireEvent>;

/** Splits a stream into events. Throws if a frame is not `event: …`, `data: …` and an empty line. */
export function decodeStream(stream: string): WireEvent[] {
  assert.ok(stream === "" || stream.endsWith("\n\n"), "the last frame is complete");
  return stream
    .split("\n\n")
    .slice(0, -1)
    .map((frame) => {
      const match = /^event: (\w+)\ndata: ([^\r\n]+)$/.exec(frame);
      assert.ok(match?.[1] !== undefined && match[2] !== undefined, `not a frame: ${frame}`);
      const event = wireEvent.parse(JSON.parse(match[2]));
      assert.equal(match[1], event.type, "the frame is named after the event");
      return event;
    });
}

/**
 * Checks a whole stream against the grammar of the Messages API: one `message_start` first, blocks one after the
 * other with indices from 0, deltas of the block's own kind, a signature last in every thinking block, call ids
 * unique, arguments that are JSON unless the length limit cut them, one `message_delta`, one `message_stop` last;
 * or an `error` last, and then no normal end. Pings may stand anywhere. Throws `AssertionError`.
 */
export function checkGrammar(stream: string): WireEvent[] {
  const events = decodeStream(stream);
  let state: "before" | "between" | "inside" | "ending" | "done" = "before";
  let index = 0;
  let kind: keyof typeof deltaOf = "text";
  let signed = false;
  let json = "";
  let cutCall = false;
  const ids = new Set<string>();

  for (const event of events) {
    if (event.type === "ping") continue;
    assert.notEqual(state, "done", `${event.type} after the end`);
    switch (event.type) {
      case "message_start":
        assert.equal(state, "before");
        state = "between";
        break;
      case "content_block_start":
        assert.equal(state, "between", "a block starts while another is open, or out of the message");
        assert.equal(event.index, index);
        kind = event.content_block.type;
        if (event.content_block.type === "tool_use") {
          assert.ok(!ids.has(event.content_block.id), "call ids are unique");
          ids.add(event.content_block.id);
        }
        signed = false;
        json = "";
        state = "inside";
        break;
      case "content_block_delta":
        assert.equal(state, "inside");
        assert.equal(event.index, index);
        assert.ok(!signed, "nothing follows a signature");
        if (event.delta.type === "input_json_delta") json += event.delta.partial_json;
        if (event.delta.type === "signature_delta") {
          assert.equal(kind, "thinking");
          signed = true;
        } else {
          assert.equal(event.delta.type, deltaOf[kind]);
        }
        break;
      case "content_block_stop":
        assert.equal(state, "inside");
        assert.equal(event.index, index);
        if (kind === "thinking") assert.ok(signed, "a thinking block has a signature");
        if (kind === "tool_use") {
          assert.ok(!cutCall, "only the last call can be cut");
          try {
            JSON.parse(json);
          } catch {
            cutCall = true;
          }
        }
        index += 1;
        state = "between";
        break;
      case "message_delta": {
        const { stop_reason: reason, stop_sequence: sequence } = event.delta;
        assert.equal(state, "between");
        assert.equal(reason === "stop_sequence", sequence !== null);
        if (cutCall) assert.equal(reason, "max_tokens", "arguments that are no JSON");
        if (reason === "tool_use") assert.ok(ids.size > 0, "tool_use without a call");
        state = "ending";
        break;
      }
      case "message_stop":
        assert.equal(state, "ending");
        state = "done";
        break;
      default:
        assert.notEqual(state, "ending", "an error after the stop reason");
        state = "done";
    }
  }
  assert.equal(state, "done", "the stream has an end");
  return events;
}
