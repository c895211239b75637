/** Calls as models write them and miss their schema: every SDK runs the tool, with what was meant. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import { type Booking, booking } from "./support/booking.ts";
import { callForms, forcedForms } from "./support/call-forms.ts";
import { callRunners } from "./support/call-runners.ts";
import { expectSilence } from "./support/expect-silence.ts";

expectSilence();

describe.each(Object.entries(callRunners))("%s", (_name, run) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack();
  });
  afterAll(() => stack.close());

  /** Runs an agent over these answers of the model, each of which must be asked for. */
  async function runOver(answers: readonly string[], forced: boolean) {
    const { simulator } = stack;
    simulator.clear();
    const before = simulator.chats.length;
    for (const text of answers) simulator.enqueue({ text });
    const ran: Booking[] = [];
    const text = await run(stack, ran, forced);
    return { ran, text, asked: simulator.chats.length - before };
  }

  test.each(callForms)("a call %s", async (_what, ...answers) => {
    const outcome = await runOver([...answers, "It is done."], false);
    expect(outcome).toEqual({ ran: [booking], text: "It is done.", asked: answers.length + 1 });
  });

  test.each(forcedForms)("a demanded call: %s", async (_what, ...answers) => {
    expect(await runOver(answers, true)).toMatchObject({ ran: [booking], asked: answers.length });
  });
});
