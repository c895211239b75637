/** Calls as models write them and miss their schema, read by Ollama's SDK: whole, with objects for arguments. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../../support/start-stack.ts";
import { type Booking, booking } from "../support/booking.ts";
import { callForms, doubleForms } from "../support/call-forms.ts";
import { ollamaRunners } from "../support/call-runners.ts";
import { expectSilence } from "../support/expect-silence.ts";

expectSilence();

describe.each(Object.entries(ollamaRunners))("%s", (_name, run) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());

  async function runOver(answers: readonly string[]) {
    const { simulator } = stack;
    simulator.clear();
    const before = simulator.chats.length;
    for (const text of answers) simulator.enqueue({ text });
    const ran: Booking[] = [];
    const text = await run(stack, ran, false);
    return { ran, text, asked: simulator.chats.length - before };
  }

  test.each(callForms)("a call %s", async (_what, ...answers) => {
    const outcome = await runOver([...answers, "It is done."]);
    expect(outcome).toEqual({ ran: [booking], text: "It is done.", asked: answers.length + 1 });
  });

  test.each(doubleForms)("two calls %s", async (_what, ...answers) => {
    const outcome = await runOver([...answers, "It is done."]);
    expect(outcome).toMatchObject({ ran: [booking, booking], text: "It is done." });
  });
});
