import { APIError } from "@anthropic-ai/sdk";
import { Stream } from "@anthropic-ai/sdk/streaming";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createStreamEncoder } from "../../../src/dialects/anthropic-messages/encode-stream.ts";
import { GatewayError } from "../../../src/errors.ts";
import { createBlockWriter, type BlockWriter } from "../../../src/model/block-writer.ts";
import type { ChatEvent } from "../../../src/model/events.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { accumulate, accumulateBeta, encodeStream, encodeWhole } from "./accumulate.ts";
import { checkGrammar, decodeStream } from "./check-grammar.ts";

const usage = { inputTokens: 20, outputTokens: 9, reasoningTokens: 3, estimated: false };

function events(write: (writer: BlockWriter) => void): ChatEvent[] {
  const writer = createBlockWriter("DeepSeek-V3.2");
  write(writer);
  return writer.take();
}

/** The signatures of an answer that thinks in these pieces. */
function sign(...pieces: string[]): string[] {
  const list = events((w) => {
    for (const piece of pieces) w.write("reasoning", piece);
    w.finish({ kind: "stop" }, usage);
  });
  return decodeStream(encodeStream(list)).flatMap((event) =>
    event.type === "content_block_delta" && event.delta.type === "signature_delta"
      ? [event.delta.signature]
      : [],
  );
}

function encodeErrorFrame(): string {
  return createStreamEncoder({ messageId: "msg_1", requestId: "req_1" }).fail(
    new GatewayError("rate-limited", "The limit of Akash Chat is used up."),
  );
}

const answers: Record<string, ChatEvent[]> = {
  text: events((w) => {
    w.write("text", "Hel");
    w.write("text", "lo\n\n🙂");
    w.finish({ kind: "stop" }, usage);
  }),
  "thinking, then text": events((w) => {
    w.write("reasoning", "Let me see");
    w.write("reasoning", "…");
    w.write("text", "42");
    w.finish({ kind: "stop" }, usage);
  }),
  "one tool call after text": events((w) => {
    w.write("text", "I look.");
    w.openToolCall("toolu_1", "Read");
    w.writeArguments('{"path":');
    w.writeArguments('"/a b"}');
    w.finish({ kind: "tool-calls" }, usage);
  }),
  "several tool calls, one without arguments": events((w) => {
    w.openToolCall("toolu_1", "Read");
    w.writeArguments('{"path":"a"}');
    w.openToolCall("toolu_2", "ListFiles");
    w.openToolCall("toolu_3", "Read");
    w.writeArguments('{"path":"b"}');
    w.finish({ kind: "tool-calls" }, usage);
  }),
  refusal: events((w) => {
    w.write("text", "I can't");
    w.finish({ kind: "content-filter" }, usage);
  }),
  "length limit": events((w) => {
    w.write("text", "Once upon");
    w.finish({ kind: "length" }, usage);
  }),
  "stop sequence": events((w) => {
    w.write("text", "1, 2, ");
    w.finish({ kind: "stop", stopSequence: "3" }, usage);
  }),
  "nothing at all": events((w) => w.finish({ kind: "stop" }, usage)),
  "unknown usage": events((w) => {
    w.write("text", "Hi");
    w.finish({ kind: "other" }, { estimated: false });
  }),
};

describe("the Messages stream", () => {
  it("is these bytes for thinking, text and a call", () => {
    const stream = encodeStream(
      events((w) => {
        w.write("reasoning", "Hm.");
        w.write("text", 'Say "hi"\n');
        w.openToolCall("toolu_7", "greet");
        w.writeArguments('{"to":"me"}');
        w.finish({ kind: "tool-calls" }, usage);
      }),
      18,
    );
    expect(stream).toBe(
      [
        'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_test","type":"message","role":"assistant","model":"DeepSeek-V3.2","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":18,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}',
        'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"i1L+wOP+Un0="}}',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}',
        'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Say \\"hi\\"\\n"}}',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":1}',
        'event: content_block_start\ndata: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_7","name":"greet","input":{}}}',
        'event: content_block_delta\ndata: {"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\\"to\\":\\"me\\"}"}}',
        'event: content_block_stop\ndata: {"type":"content_block_stop","index":2}',
        'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"input_tokens":20,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":9,"output_tokens_details":{"thinking_tokens":3}}}',
        'event: message_stop\ndata: {"type":"message_stop"}',
        "",
      ].join("\n\n"),
    );
  });

  it.each(Object.entries(answers))("adds up to the whole message: %s", async (_name, list) => {
    const stream = encodeStream(list, 17);
    checkGrammar(stream);
    const whole = encodeWhole(list, 17);
    expect(await accumulate(stream)).toEqual(whole);
    expect(await accumulateBeta(stream)).toEqual(whole);
  });

  it("obeys the grammar and adds up for any legal answer", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryEvents(), async (list) => {
        const stream = encodeStream(list, 17);
        checkGrammar(stream);
        expect(await accumulate(stream)).toEqual(encodeWhole(list, 17));
      }),
      { numRuns: 150 },
    );
  });

  it("may have pings anywhere", async () => {
    const frames = encodeStream(answers["text"]!).split(/(?<=\n\n)/);
    const ping = createStreamEncoder({ messageId: "msg_1", requestId: "req_9" }).heartbeat();
    const stream = frames.map((frame) => ping + frame).join("");
    checkGrammar(stream);
    expect(await accumulate(stream)).toEqual(encodeWhole(answers["text"]!));
  });

  it.each([0, 1, 3, 5])("ends by an error event after %i events, never normally", async (count) => {
    const encoder = createStreamEncoder({ messageId: "msg_1", requestId: "req_9" });
    const list = answers["thinking, then text"]!.slice(0, count);
    const stream =
      list.map((event) => encoder.push(event)).join("") +
      encoder.fail(new GatewayError("overloaded", "Akash Chat has no capacity left."));
    const last = checkGrammar(stream).at(-1);
    expect(last).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
    const failure: unknown = await accumulate(stream).catch((error: unknown) => error);
    // The readable stream that carries the events into the accumulator wraps the error's text only.
    expect(String(failure)).toContain("Akash Chat has no capacity left.");
  });

  it("shows its estimate only until the true count comes", () => {
    const [start] = decodeStream(encodeStream(answers["text"]!, 17));
    expect(start).toMatchObject({ message: { usage: { input_tokens: 17 } } });
    const end = decodeStream(encodeStream(answers["text"]!, 17)).at(-2);
    expect(end).toMatchObject({ usage: { input_tokens: 20 } });
  });

  it("signs equal thinking equally, and other thinking otherwise", () => {
    expect(sign("ab", "c🙂")).toEqual(sign("a", "bc🙂"));
    expect(sign("abc")).not.toEqual(sign("abd"));
  });
});

describe("the grammar check", () => {
  const good = encodeStream(answers["thinking, then text"]!);
  const frames = good.split(/(?<=\n\n)/);

  it.each([
    ["without its end", frames.slice(0, -1)],
    ["without its start", frames.slice(1)],
    ["with two ends", [...frames, frames.at(-1)!]],
    ["with a block inside another", [...frames.slice(0, 3), frames[1]!, ...frames.slice(3)]],
    ["with a block that never ends", frames.filter((_, index) => index !== 5)],
    ["with an error after its stop reason", [...frames.slice(0, -1), encodeErrorFrame()]],
    [
      "with a thinking block that is not signed",
      frames.filter((frame) => !frame.includes("signature_delta")),
    ],
    [
      "with text in a thinking block",
      frames.map((frame) => frame.replace(/"thinking_delta","thinking"/, '"text_delta","text"')),
    ],
  ])("refuses a stream %s", (_name, wrong) => {
    expect(() => checkGrammar(wrong.join(""))).toThrow();
  });
});

it("reaches SDK users as APIError with the type", async () => {
  const stream = Stream.fromSSEResponse(new Response(encodeErrorFrame()), new AbortController());
  const failure: unknown = await stream[Symbol.asyncIterator]()
    .next()
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(APIError);
  expect(failure).toMatchObject({ type: "rate_limit_error" });
});
