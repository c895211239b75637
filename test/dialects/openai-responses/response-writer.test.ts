import * as fc from "fast-check";
import type { ResponseStreamEvent } from "openai/resources/responses/responses";
import { accumulateResponse } from "openai/lib/responses/ResponseAccumulator";
import { describe, expect, test } from "vitest";
import { createStreamEncoder } from "../../../src/dialects/openai-responses/encode-stream.ts";
import type { ResponseObject, WireEvent } from "../../../src/dialects/openai-responses/wire.ts";
import { type ErrorKind, errorStatus, GatewayError } from "../../../src/errors.ts";
import { createPieceWriter } from "../../support/create-piece-writer.ts";
import type { ChatEvent, FinishReason } from "../../../src/model/events.ts";
import { arbitraryEvents } from "../../support/arbitrary-events.ts";
import { checkEvents } from "./check-events.ts";
import { makeWriter } from "./make-writer.ts";
import { parseFrames } from "./parse-frames.ts";

/** What an SDK makes of the stream: its snapshot just before the terminal event, and the final one. */
function accumulate(events: readonly WireEvent[]) {
  let snapshot: ReturnType<typeof accumulateResponse> | undefined;
  let before: unknown;
  for (const event of events) {
    before = structuredClone(snapshot?.output);
    snapshot = accumulateResponse(event as unknown as ResponseStreamEvent, snapshot);
  }
  const { output_text: _, ...final } = { ...snapshot, output_text: "" };
  return { before, final };
}

function stream(events: readonly ChatEvent[], body: Record<string, unknown> = {}) {
  const ends: ResponseObject[] = [];
  const encoder = createStreamEncoder(makeWriter(body), (response) => ends.push(response));
  const wire = parseFrames(events.map((event) => encoder.push(event)).join(""));
  return { wire, ends };
}

function answer(
  write: (writer: ReturnType<typeof createPieceWriter>) => void,
  reason: FinishReason["kind"] = "stop",
) {
  const writer = createPieceWriter("DeepSeek-V3.2");
  write(writer);
  writer.finish({ kind: reason }, { inputTokens: 12, outputTokens: 7, reasoningTokens: 3, estimated: false });
  return writer.take();
}

describe("a stream of events", () => {
  test("is grammatical, and the SDK's accumulator agrees with the object, for any legal answer", () => {
    fc.assert(
      fc.property(arbitraryEvents(), (events) => {
        const { wire, ends } = stream(events);
        const final = checkEvents(wire);
        const whole = makeWriter();
        for (const event of events) whole.push(event);
        expect(final).toEqual(JSON.parse(JSON.stringify(whole.response())));
        const sdk = accumulate(wire);
        expect(sdk.final).toEqual(final);
        expect(sdk.before).toEqual(final.output);
        expect(ends).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  });

  test("may have heartbeats anywhere, over which the SDK's accumulator reads", () => {
    fc.assert(
      fc.property(arbitraryEvents(), fc.infiniteStream(fc.boolean()), (events, beats) => {
        const encoder = createStreamEncoder(makeWriter(), () => {});
        const beat = (): string => (beats.next().value === true ? encoder.heartbeat() : "");
        const text = events.map((event) => beat() + encoder.push(event) + beat()).join("");
        const wire = parseFrames(text + encoder.heartbeat());
        const final = checkEvents(wire);
        const sdk = accumulate(wire);
        expect(sdk.final).toEqual(final);
        expect(sdk.before).toEqual(final.output);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["a custom tool", { type: "custom", name: "run" }, "run", "custom_tool_call"],
    ["a tool whose call is shown when it is complete", { type: "shell" }, "shell", "shell_call"],
  ])("has heartbeats in a call of %s", (_, tool, name, type) => {
    const encoder = createStreamEncoder(makeWriter({ tools: [tool] }), () => {});
    const events = answer((writer) => {
      writer.openToolCall("call_1", name);
      for (const piece of ['{"input": "l', 's", "commands": ["ls"]}']) writer.writeArguments(piece);
      writer.close();
    });
    const wire = parseFrames(events.map((event) => encoder.push(event) + encoder.heartbeat()).join(""));
    const final = checkEvents(wire);
    expect(final.output).toMatchObject([{ type }]);
    expect(accumulate(wire)).toMatchObject({ final, before: final.output });
  });

  test("that is cut off anywhere ends with one failed event, and no open item is announced as done", () => {
    fc.assert(
      fc.property(arbitraryEvents(), fc.nat(), (events, place) => {
        const cut = events.slice(0, place % events.length);
        const encoder = createStreamEncoder(makeWriter(), () => {});
        const text = cut.map((event) => encoder.push(event)).join("");
        const error = new GatewayError("upstream-truncated", "cut");
        const wire = parseFrames(text + encoder.fail(error) + encoder.fail(error));
        const final = checkEvents(wire);
        expect(final.status).toBe("failed");
        expect(accumulate(wire).final).toEqual(final);
      }),
      { numRuns: 100 },
    );
  });

  test.each(Object.keys(errorStatus) as ErrorKind[])(
    "that fails as %s has one terminal with code and text",
    (kind) => {
      const encoder = createStreamEncoder(makeWriter(), () => {});
      const final = checkEvents(parseFrames(encoder.fail(new GatewayError(kind, "What happened."))));
      expect(final).toMatchObject({ status: "failed", output: [], usage: null, completed_at: null });
      expect(final.error?.code).toMatch(/^[a-z_]+$/);
      expect(final.error?.message).toMatch(/^What happened\./);
    },
  );

  test("tells a client that reads no headers when to try again", () => {
    const encoder = createStreamEncoder(makeWriter(), () => {});
    const error = new GatewayError("rate-limited", "The usage limit is reached.", { retryAfterMs: 2400 });
    expect(checkEvents(parseFrames(encoder.fail(error))).error).toEqual({
      code: "rate_limit_exceeded",
      message: "The usage limit is reached. This is a rate limit, and passes. Please try again in 3s.",
    });
  });

  test("has every event of a message, in order", () => {
    const { wire } = stream(answer((writer) => writer.write("text", "Hello")));
    expect(wire.map(({ type }) => type)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ]);
    expect(wire[4]).toEqual({
      type: "response.output_text.delta",
      sequence_number: 4,
      item_id: "msg_1o0",
      output_index: 0,
      content_index: 0,
      delta: "Hello",
      logprobs: [],
    });
    expect(wire[7]?.["item"]).toEqual({
      type: "message",
      id: "msg_1o0",
      status: "completed",
      role: "assistant",
      content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }],
    });
  });

  test("shows thinking as a summary, asked for or not", () => {
    const { wire } = stream(
      answer((writer) => writer.write("reasoning", "Hm.")),
      { reasoning: { summary: "auto" } },
    );
    expect(wire.slice(2, -1).map(({ type }) => type)).toEqual([
      "response.output_item.added",
      "response.reasoning_summary_part.added",
      "response.reasoning_summary_text.delta",
      "response.reasoning_summary_text.done",
      "response.reasoning_summary_part.done",
      "response.output_item.done",
    ]);
    expect(wire.at(-2)?.["item"]).toEqual({
      type: "reasoning",
      id: "rs_1o0",
      summary: [{ type: "summary_text", text: "Hm." }],
    });
  });

  test("has the function's own name and namespace in calls", () => {
    const tools = [{ type: "namespace", name: "mcp__disk", tools: [{ type: "function", name: "read" }] }];
    const events = answer((writer) => {
      writer.openToolCall("call_a", "mcp__disk__read");
      writer.writeArguments('{"path":');
      writer.writeArguments('"a"}');
    }, "tool-calls");
    const { wire } = stream(events, { tools });
    expect(wire.slice(2, -1).map(({ type }) => type)).toEqual([
      "response.output_item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "response.output_item.done",
    ]);
    expect(checkEvents(wire).output).toEqual([
      {
        type: "function_call",
        id: "fc_1o0",
        status: "completed",
        call_id: "call_a",
        name: "read",
        namespace: "mcp__disk",
        arguments: '{"path":"a"}',
      },
    ]);
  });

  test("has a custom tool's input as text, while it comes", () => {
    const tools = [{ type: "custom", name: "patch" }];
    const events = answer((writer) => {
      writer.openToolCall("call_a", "patch");
      for (const piece of ['{"inp', 'ut": "a\\', "n\\ud83d", '\\ude42"', "}"]) writer.writeArguments(piece);
    }, "tool-calls");
    const { wire } = stream(events, { tools });
    expect(wire.filter(({ type }) => type.endsWith("input.delta")).map(({ delta }) => delta)).toEqual([
      "a",
      "\n",
      "🙂",
    ]);
    expect(checkEvents(wire).output).toEqual([
      {
        type: "custom_tool_call",
        id: "ctc_1o0",
        status: "completed",
        call_id: "call_a",
        name: "patch",
        input: "a\n🙂",
      },
    ]);
  });

  test("has a shell call in one piece", () => {
    const events = answer((writer) => {
      writer.openToolCall("call_a", "local_shell");
      writer.writeArguments('{"command":["ls","-l"],"workdir":"/tmp"}');
    }, "tool-calls");
    const { wire } = stream(events, { tools: [{ type: "local_shell" }] });
    expect(checkEvents(wire).output).toEqual([
      {
        type: "local_shell_call",
        id: "lsh_1o0",
        status: "completed",
        call_id: "call_a",
        action: { type: "exec", command: ["ls", "-l"], env: {}, working_directory: "/tmp" },
      },
    ]);
  });

  test("ends a call as soon as it is complete, before the answer has ended", () => {
    const encoder = createStreamEncoder(makeWriter(), () => {});
    const events = answer((writer) => writer.openToolCall("call_a", "f"), "tool-calls").slice(0, -1);
    const wire = parseFrames(events.map((event) => encoder.push(event)).join(""));
    expect(wire.at(-1)?.type).toBe("response.output_item.done");
  });

  test.each([
    { reason: "length", status: "incomplete", details: { reason: "max_output_tokens" }, item: "incomplete" },
    {
      reason: "content-filter",
      status: "incomplete",
      details: { reason: "content_filter" },
      item: "incomplete",
    },
    { reason: "other", status: "completed", details: null, item: "completed" },
  ] as const)("that stopped for $reason is $status", ({ reason, status, details, item }) => {
    const events = answer((writer) => {
      writer.write("text", "one");
      writer.close();
      writer.write("text", "two");
    }, reason);
    const final = checkEvents(stream(events).wire);
    expect(final).toMatchObject({ status, incomplete_details: details });
    expect(final.output.map((entry) => "status" in entry && entry.status)).toEqual(["completed", item]);
  });

  test("has inclusive usage, or none when a number is unknown", () => {
    const known = checkEvents(stream(answer((writer) => writer.write("text", "x"))).wire);
    expect(known.usage).toEqual({
      input_tokens: 12,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 7,
      output_tokens_details: { reasoning_tokens: 3 },
      total_tokens: 19,
    });
    const writer = createPieceWriter("m");
    writer.finish({ kind: "stop" }, { inputTokens: 3, estimated: false });
    expect(checkEvents(stream(writer.take()).wire).usage).toBeNull();
  });
});

test("a queued response is announced as such, and runs with its first event", () => {
  const writer = makeWriter({ background: true });
  const events = [
    ...writer.queue(),
    ...answer((block) => block.write("text", "x")).flatMap((event) => writer.push(event)),
  ];
  expect(events.slice(0, 3).map(({ type }) => type)).toEqual([
    "response.created",
    "response.queued",
    "response.in_progress",
  ]);
  expect(events[0]).toMatchObject({ response: { status: "queued" } });
  expect(checkEvents(events).status).toBe("completed");
});

test("a cancelled response ends once, as cancelled, with what was there", () => {
  const writer = makeWriter();
  const begun = answer((block) => block.write("text", "half")).slice(0, 3);
  const events = [...begun.flatMap((event) => writer.push(event)), ...writer.cancel()];
  expect(writer.fail(new GatewayError("aborted", "late"))).toEqual([]);
  const final = checkEvents(events);
  expect(final).toMatchObject({ status: "cancelled", error: null });
  expect(final.output).toMatchObject([
    { type: "message", status: "incomplete", content: [{ text: "half" }] },
  ]);
});

test("a response that has ended stays as it is, whatever comes", () => {
  const events = answer((block) => block.write("text", "half"));
  const writer = makeWriter();
  for (const event of events.slice(0, 3)) writer.push(event);
  writer.cancel();
  const ended = writer.response();
  expect([...writer.queue(), ...events.flatMap((event) => writer.push(event))]).toEqual([]);
  expect([...writer.heartbeat(), ...writer.cancel()]).toEqual([]);
  expect(writer.response()).toEqual(ended);
});
