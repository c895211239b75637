/** What an operator sees on a terminal: one line a request. */
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

import { dialects, withSampling } from "../conformance/support/dialects.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startLogged, type LoggedStack } from "../support/start-logged.ts";

let stack: LoggedStack;
beforeEach(async () => {
  stack = await startLogged({ isTTY: true, env: { LOG_LEVEL: "info" } });
});
afterEach(() => stack.close());

/** What is shown when `count` lines are, with times and ids left out. */
async function shown(count = 1): Promise<string[]> {
  await expect.poll(() => stack.lines.length).toBeGreaterThanOrEqual(count);
  return stack.lines.map((line) =>
    stripVTControlCharacters(line)
      .replace(/^\d\d:\d\d:\d\d /, "")
      .replace(/req_\w+/, "ID")
      .replaceAll(/\d+(?:\.\d)? m?s\b/g, "TIME"),
  );
}

const label = {
  chat: "chat",
  completions: "completions",
  responses: "responses",
  messages: "messages",
  ollama: "ollama chat",
};
const usage = { promptTokens: 12, completionTokens: 340 };

test.each(dialects)("$name", async (dialect) => {
  const { name } = dialect;
  const url = stack.url + dialect.path;
  const body = dialect.body("x");
  stack.simulator.enqueue({ text: "one two", usage });
  await post(url, body);
  stack.simulator.enqueue({ text: "one two", usage });
  await post(url, { ...body, stream: true });
  await post(url, withSampling(dialect, body, { temperature: "hot" }));
  stack.simulator.enqueue({ error: { kind: "three", message: "Invalid" } });
  await post(url, body);
  stack.simulator.enqueue({ text: ["one ", "two"], gate: new Promise(() => {}), gateAfter: 1 });
  const left = await openStream(url, { ...body, stream: true });
  await left.readUntil("one");
  left.leave();
  const lines = await shown(5);
  const answer = `200 ${label[name]} DeepSeek-V3.2 12→340 tok, first TIME, TIME\n`;
  expect(lines).toEqual([
    answer,
    answer,
    expect.stringMatching(new RegExp(`^400 ${label[name]}: [^\\n]*temperature[^\\n]*\\n$`)),
    expect.stringMatching(
      new RegExp(`^502 ${label[name]} DeepSeek-V3.2: upstream-unavailable: [^\\n]+ TIME ID\\n$`),
    ),
    expect.stringMatching(
      new RegExp(`^200 ${label[name]} DeepSeek-V3.2 ~\\d+→~\\d+ tok, the client left, first TIME, TIME\\n$`),
    ),
  ]);
});

test("pictures, models, counts, unknown paths, and nothing of what asks by itself", async () => {
  stack.simulator.enqueue({ image: { prompt: "a", statuses: ["succeeded"] } });
  await post(`${stack.url}/v1/images/generations`, { prompt: "a cat" });
  await get(`${stack.url}/health`);
  await get(`${stack.url}/favicon.ico`);
  await get(`${stack.url}/v1/models`);
  const messages = [{ role: "user", content: "x" }];
  await post(`${stack.url}/v1/messages/count_tokens`, { model: "DeepSeek-V3.2", messages });
  await get(`${stack.url}/v1/nothing`);
  expect(await shown(4)).toEqual([
    "200 images AkashGen 1 picture, TIME\n",
    "200 models TIME\n",
    expect.stringMatching(/^200 count_tokens DeepSeek-V3.2 ~\d+ tok, TIME\n$/),
    expect.stringMatching(/^404 GET \/v1\/nothing: There is nothing at [^\n]+\n$/),
  ]);
});

test("a background response: a line when it begins, one when it ends", async () => {
  stack.simulator.enqueue({ text: "one two", usage });
  await post(`${stack.url}/v1/responses`, { model: "DeepSeek-V3.2", input: "x", background: true });
  expect((await shown(2)).toSorted()).toEqual([
    "--- responses DeepSeek-V3.2 12→340 tok, first TIME, in the background: completed, TIME\n",
    "200 responses DeepSeek-V3.2 goes on in the background, TIME\n",
  ]);
});

test("a stop", async () => {
  await stack.gateway.close();
  expect(await shown(2)).toEqual(["stopping: nothing is under way\n", "stopped\n"]);
});
