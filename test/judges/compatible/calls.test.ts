/** Tool calls and JSON over servers with, without and with a broken parser: every SDK sees what it would see of any. */
import { zodFunction } from "openai/helpers/zod";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { leakedMarkup } from "../../../src/simulator/compatible/index.ts";
import { startCompatibleStack, type CompatibleStack } from "../../support/start-compatible-stack.ts";
import { type Booking, booking, bookingSchema } from "../support/booking.ts";
import { bookRoom } from "../support/call-forms.ts";
import { callRunners } from "../support/call-runners.ts";
import { model, openai } from "../support/clients.ts";
import { expectSilence } from "../support/expect-silence.ts";
import { schemaReaders } from "../support/object-readers.ts";
import { upstreamKinds } from "../support/upstream-kinds.ts";
import { callsOf, everyWay, messageOf, ways } from "../support/ways.ts";

expectSilence(/Deprecated: "(generate|stream)Object"|^Warning: AI SDK Warning System: To turn off/);

const call = { name: bookRoom, input: booking };
const other = { name: bookRoom, input: { ...booking, city: "Rome" } };

/** A part of a list, another for each number: of three tests each has its third, and all of them together all. */
function share<T>(list: Readonly<Record<string, T>>, number: number): readonly (readonly [string, T])[] {
  return Object.entries(list).filter((_entry, at) => (at + number) % 3 === 0);
}

const kinds = Object.entries(upstreamKinds).map(([name, kind], number) => ({ name, kind, number }));

describe.each(kinds)("$name", ({ kind, number }) => {
  let stack: CompatibleStack;
  let learned = false;
  beforeAll(async () => {
    stack = await startCompatibleStack(kind.server);
  });
  afterAll(() => stack.close());
  beforeEach(() => stack.server.clear());

  /** Runs, and counts what was asked beside what a server has to teach at first. */
  async function count<T>(run: () => Promise<T>): Promise<{ result: T; asked: number }> {
    const before = stack.server.chats.length + (learned ? 0 : kind.lessons);
    learned = true;
    const result = await run();
    return { result, asked: stack.server.chats.length - before };
  }

  test.each(share(callRunners, number))("one call, its result, an answer: %s", async (_name, run) => {
    kind.say(stack, { text: "I book it.", reasoning: "Oslo it is.", calls: [call] });
    kind.say(stack, { text: "It is done." });
    const ran: Booking[] = [];
    const { result, asked } = await count(() => run(stack, ran, false));
    expect({ ran, result, asked }).toEqual({ ran: [booking], result: "It is done.", asked: 2 });
  });

  test.each(share(callRunners, number + 1))("two calls at once: %s", async (_name, run) => {
    kind.say(stack, { calls: [call, other] });
    kind.say(stack, { text: "Both are done." });
    const ran: Booking[] = [];
    const { result } = await count(() => run(stack, ran, false));
    expect({ ran, result }).toEqual({ ran: [booking, other.input], result: "Both are done." });
  });

  test.each(share(callRunners, number + 2))("a call that is demanded: %s", async (_name, run) => {
    kind.say(stack, { text: "Which room?" });
    kind.say(stack, { calls: [call] });
    const ran: Booking[] = [];
    const { asked } = await count(() => run(stack, ran, true));
    expect({ ran, asked }).toEqual({ ran: [booking], asked: 2 });
  });

  test.each(everyWay)(
    "one call where parallel ones are not wanted, of two that the model makes (%s)",
    async (way) => {
      kind.say(stack, { calls: [call, other] });
      const answer = await ways[way](openai(stack), {
        model,
        messages: [{ role: "user", content: "Book." }],
        tools: [zodFunction({ name: bookRoom, parameters: bookingSchema })],
        parallel_tool_calls: false,
      });
      expect(callsOf(answer)).toEqual([{ name: bookRoom, input: booking }]);
      expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    },
  );

  test.each(everyWay)("text where no tool is to be called (%s)", async (way) => {
    kind.say(stack, { text: "Not now." });
    const answer = await ways[way](openai(stack), {
      model,
      messages: [{ role: "user", content: "Book." }],
      tools: [zodFunction({ name: bookRoom, parameters: bookingSchema })],
      tool_choice: "none",
    });
    expect(messageOf(answer)).toMatchObject({ content: "Not now." });
  });

  // What a server does with calls is nothing to its text.
  if (kind.server.tools !== undefined) return;
  test.each(share(schemaReaders, number))("an object by its schema: %s", async (name, read) => {
    const asksByTool = name.includes("functionCalling");
    kind.say(stack, asksByTool ? { calls: [{ name: "booking", input: booking }] } : { text: "Oslo." });
    kind.say(stack, { text: JSON.stringify(booking) });
    expect(await read(stack)).toEqual(booking);
  });
});

describe("a call that leaks through a server's parser, in the markup of", () => {
  let stack: CompatibleStack;
  beforeAll(async () => {
    stack = await startCompatibleStack({ persona: "vllm", tools: "leaky", models: [{ id: model }] });
  });
  afterAll(() => stack.close());

  test.each(Object.entries(leakedMarkup))("%s", async (_family, write) => {
    for (const [name, run] of Object.entries(callRunners).filter((_one, at) => at % 5 === 0)) {
      stack.server.enqueue({ kind: "answer", text: write([call, other]) });
      stack.server.enqueue({ kind: "answer", text: "It is done." });
      const ran: Booking[] = [];
      expect({ name, result: await run(stack, ran, false) }).toEqual({ name, result: "It is done." });
      expect(ran).toEqual([booking, other.input]);
    }
  });
});
