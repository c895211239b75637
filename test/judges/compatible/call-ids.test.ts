/** Ids of calls that no client of another API knows: each gets one that it takes, and the server gets its own back. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";

import type { CompatibleScript } from "../../../src/simulator/compatible/index.ts";
import type { RecordedRequest } from "../../../src/simulator/index.ts";
import { startCompatibleStack, type CompatibleStack } from "../../support/start-compatible-stack.ts";
import { type Booking, booking } from "../support/booking.ts";
import { bookRoom } from "../support/call-forms.ts";
import { callRunners } from "../support/call-runners.ts";
import { anthropic, model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";

expectSilence();

const long = `call_${"x".repeat(90)}`;
const foreign = [`functions.${bookRoom}:0`, "call_1__thought__CpsB+/9=", "a.b:c d", long, "call_1"];

/** An answer with calls of these ids, as a server gives it whole. */
function callsWith(...ids: string[]): CompatibleScript {
  const tool_calls = ids.map((id, index) => ({
    index,
    id,
    type: "function",
    function: { name: bookRoom, arguments: JSON.stringify(booking) },
  }));
  const choice = {
    index: 0,
    message: { role: "assistant", content: null, tool_calls },
    finish_reason: "tool_calls",
  };
  return {
    kind: "raw",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: "x", object: "chat.completion", created: 1, model, choices: [choice] }),
  };
}

const sent = z.object({
  messages: z.array(
    z.object({
      tool_calls: z.array(z.object({ id: z.string() })).optional(),
      tool_call_id: z.string().optional(),
    }),
  ),
});

/** The ids of the calls and of the results in a request, as the server gets them. */
function idsIn(request: RecordedRequest | undefined) {
  const { messages } = sent.parse(request?.body);
  return {
    calls: messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ id }) => id)),
    results: messages.flatMap(({ tool_call_id: id }) => id ?? []),
  };
}

let stack: CompatibleStack;
beforeAll(async () => {
  stack = await startCompatibleStack({ persona: "sglang", models: [{ id: model }] });
});
afterAll(() => stack.close());
beforeEach(() => stack.server.clear());

describe.each(foreign)("the id %s", (id) => {
  test.each(Object.entries(callRunners))("comes back as it was: %s", async (_name, run) => {
    stack.server.enqueue(callsWith(id));
    stack.server.enqueue({ kind: "answer", text: "Done." });
    const ran: Booking[] = [];
    expect(await run(stack, ran, false)).toBe("Done.");
    expect(ran).toEqual([booking]);
    expect(idsIn(stack.server.chats.at(-1))).toEqual({ calls: [id], results: [id] });
  });
});

describe("Anthropic's clients", () => {
  const tools = [{ name: bookRoom, input_schema: { type: "object" as const } }];
  const messages = [{ role: "user" as const, content: "Book." }];

  test.each([false, true])("get ids of their form (streamed: %s)", async (streamed) => {
    stack.server.enqueue(callsWith(...foreign));
    const body = { model, max_tokens: 2000, messages, tools };
    const { messages: api } = anthropic(stack);
    const answer = streamed ? await api.stream(body).finalMessage() : await api.create(body);
    const ids = answer.content.flatMap((block) => (block.type === "tool_use" ? block.id : []));
    expect(ids).toHaveLength(foreign.length);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]+$/);
    expect(new Set(ids).size).toBe(foreign.length);
  });
});

test("a server that begins its ids anew in each turn names no two calls of a conversation alike", async () => {
  stack.server.enqueue(callsWith("functions.book_room:0"));
  stack.server.enqueue(callsWith("functions.book_room:0"));
  const tools = [{ type: "function" as const, function: { name: bookRoom, parameters: { type: "object" } } }];
  const question = { role: "user" as const, content: "Book." };
  const { completions } = openai(stack).chat;
  const first = await completions.create({ model, messages: [question], tools });
  const [answer] = first.choices;
  const call = answer?.message.tool_calls?.[0];
  if (answer === undefined || call === undefined) throw new Error("No call came.");
  const result = { role: "tool" as const, tool_call_id: call.id, content: "Booked." };
  const second = await completions.create({ model, messages: [question, answer.message, result], tools });
  expect(call.id).toBe("functions.book_room:0");
  expect(second.choices[0]?.message.tool_calls?.[0]?.id).toMatch(/^call_\w+$/);
});
