/** JSON answers as models miss their schema, as SDKs read them: streamed and whole. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import { booking } from "./support/booking.ts";
import { expectSilence } from "./support/expect-silence.ts";
import { listForms, type ObjectForm, plainForms, schemaForms } from "./support/object-forms.ts";
import { listReaders, plainReaders, schemaReaders } from "./support/object-readers.ts";

// generateObject and streamObject are deprecated, but much used.
expectSilence(/Deprecated: "(generate|stream)Object"|^Warning: AI SDK Warning System: To turn off/);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

/** What was read of these answers, each of which must be asked for. */
async function read(reader: (from: Stack) => Promise<unknown>, answers: readonly string[]) {
  const { simulator } = stack;
  simulator.clear();
  const before = simulator.chats.length;
  for (const text of answers) simulator.enqueue({ text: text.match(/.{1,3}/gsu) ?? [] });
  const value = await reader(stack);
  return { value, asked: simulator.chats.length - before };
}

describe.each(Object.entries(schemaReaders))("%s", (_name, reader) => {
  test.each<ObjectForm>(schemaForms)("%s", async (_what, ...answers) => {
    expect(await read(reader, answers)).toEqual({ value: booking, asked: answers.length });
  });
});

describe.each(Object.entries(plainReaders))("%s", (_name, reader) => {
  test.each<ObjectForm>(plainForms)("%s", async (_what, ...answers) => {
    expect(await read(reader, answers)).toEqual({ value: booking, asked: answers.length });
  });
});

describe.each(Object.entries(listReaders))("%s", (_name, reader) => {
  test.each<ObjectForm>(listForms)("%s", async (_what, ...answers) => {
    expect(await read(reader, answers)).toEqual({ value: [booking, booking], asked: answers.length });
  });
});
