import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { expect, test } from "vitest";

import { ask } from "../../src/cli/ask.ts";

/** Streams as a terminal gives them: keys, one by one. */
function openTerminal(keys: string) {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  const answer = ask("Go on? ", { input, output });
  input.write(keys);
  return { answer, output };
}

test.for<[string, string, unknown]>([
  ["a line", "yes\r", { line: "yes" }],
  ["nothing", "\r", { line: "" }],
  ["Ctrl-C", "ye\u0003", "interrupted"],
  ["Ctrl-D", "\u0004", "closed"],
])("a question is answered with %s", async ([, keys, expected]) => {
  const { answer, output } = openTerminal(keys);
  expect(await answer).toEqual(expected);
  output.end();
  expect(await text(output)).toMatch(/Go on\? [^]*\n$/);
});
