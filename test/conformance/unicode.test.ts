/** What the model writes reaches the client unchanged, wherever the network cuts the bytes. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects } from "./support/dialects.ts";

/** Line breaks of every kind, signs of one to four bytes, joined signs, what JSON and SSE escape, and near-tags. */
const text =
  'é 🙂👩‍👩‍👧🇨🇿 日本語 \u2028\u2029\u0085\r\n\r\v\f\u0000\u0001\uFEFF\uFFFD\u{10FFFF} "\\" data: x\n\nevent: y\n: z <thin </think ```{"a":1}``` \u202Eabc é';
const reasoning = "過程 🤔 \u2028 <b>";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const cases = dialects.flatMap((dialect) =>
  [1, 2, 3, 5, 7, 1000].flatMap((chunkBytes) =>
    [true, false].map((stream) => ({ dialect, name: dialect.name, chunkBytes, stream })),
  ),
);

test.each(cases)("$name in pieces of $chunkBytes bytes, stream: $stream", async (row) => {
  const { dialect, chunkBytes, stream } = row;
  // Halves of a surrogate pair may come in two deltas.
  const deltas = text.split("");
  stack.simulator.enqueue({ text: deltas, reasoning, chunkBytes });
  const reply = await post(stack.url + dialect.path, { ...dialect.body(text), stream });
  const reading = stream ? dialect.readStream(reply.text) : dialect.readWhole(reply.json());
  expect(reading.text).toBe(text);
  if (dialect.name !== "completions") expect(reading.reasoning).toBe(reasoning);
  const sent = stack.simulator.chats.at(-1)?.body as { messages: { content: string }[] };
  expect(sent.messages.at(-1)?.content).toBe(text);
});
