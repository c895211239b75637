import OpenAI from "openai";
import { describe, expect, test } from "vitest";

import { post, readChunks } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const path = "/v1/completions";
const model = "Meta-Llama-3-3-70B-Instruct";
const body = { model, prompt: "Once upon" };

test("a prompt is continued", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: " a time", usage: { promptTokens: 9, completionTokens: 3 } });
  const reply = await post(stack.url + path, body);
  expect(reply.json()).toEqual({
    id: expect.stringMatching(/^cmpl-\w+$/),
    object: "text_completion",
    created: expect.any(Number),
    model,
    choices: [{ text: " a time", index: 0, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
  });
  expect(stack.simulator.chats[0]?.body).toMatchObject({
    system: expect.stringContaining("what comes next"),
    messages: [{ role: "user", content: "Once upon" }],
  });
});

test("it streams, with usage when asked for", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ text: [" a", " time"], usage: { promptTokens: 9, completionTokens: 3 } });
  const reply = await post(stack.url + path, {
    ...body,
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = readChunks(reply.text);
  expect(chunks.map((chunk) => chunk.choices[0]?.text ?? "").join("")).toBe(" a time");
  expect(chunks.at(-2).choices[0].finish_reason).toBe("stop");
  expect(chunks.at(-1).usage).toMatchObject({ total_tokens: 12 });
});

test("several prompts, several choices and echo keep their order", async () => {
  await using stack = await startStack();
  const says = (prompt: string, text: string) =>
    stack.simulator.enqueue({ text, when: ({ messages }) => messages[0]?.content === prompt });
  for (const [prompt, text] of [
    ["A", "a"],
    ["A", "a"],
    ["B", "b"],
    ["B", "b"],
  ] as const)
    says(prompt, text);
  const request = { model, prompt: ["A", "B"], n: 2, echo: true };
  const whole = (await post(stack.url + path, request)).json();
  expect(whole.choices.map((choice: { text: string }) => choice.text)).toEqual(["Aa", "Aa", "Bb", "Bb"]);

  for (const [prompt, text] of [
    ["A", "a"],
    ["A", "a"],
    ["B", "b"],
    ["B", "b"],
  ] as const)
    says(prompt, text);
  const texts = ["", "", "", ""];
  for (const { choices } of readChunks((await post(stack.url + path, { ...request, stream: true })).text)) {
    texts[choices[0].index] += choices[0].text;
  }
  expect(texts).toEqual(["Aa", "Aa", "Bb", "Bb"]);
});

test("stop and max_tokens end the answer; thinking has no place in it", async () => {
  await using stack = await startStack();
  stack.simulator.enqueue({ reasoning: "hmm", text: "one, two, three" });
  const stopped = await post(stack.url + path, { ...body, stop: ", three" });
  expect(stopped.json().choices[0]).toMatchObject({ text: "one, two", finish_reason: "stop" });
  stack.simulator.enqueue({ text: "one two three four five six seven eight" });
  const limited = await post(stack.url + path, { ...body, max_tokens: 2 });
  expect(limited.json().choices[0]).toMatchObject({ finish_reason: "length" });
});

describe("refusals name the field", () => {
  test.each([
    [{ model }, "prompt"],
    [{ model, prompt: [1, 2, 3] }, "prompt[0]"],
    [{ ...body, suffix: "the end" }, "suffix"],
    [{ ...body, logprobs: 2 }, "logprobs"],
    [{ model, prompt: Array.from({ length: 7 }, () => "x"), n: 3 }, "prompt"],
    [{ prompt: "x" }, "model"],
  ])("%j", async (request, param) => {
    await using stack = await startStack();
    const reply = await post(stack.url + path, request);
    expect([reply.status, reply.json().error.param]).toEqual([400, param]);
    expect(reply.json().error.message).toContain(`'${param}'`);
  });
});

test("best_of and penalties have no effect and are named", async () => {
  await using stack = await startStack();
  const reply = await post(stack.url + path, { ...body, best_of: 3, presence_penalty: 1 });
  expect(reply.headers["x-ignored-parameters"]).toBe("presence_penalty, best_of");
});

test("the openai SDK reads text and stream", async () => {
  await using stack = await startStack();
  const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "any" });
  stack.simulator.enqueue({ text: " a time" });
  const whole = await client.completions.create({ model, prompt: "Once upon" });
  expect(whole.choices[0]?.text).toBe(" a time");
  stack.simulator.enqueue({ text: [" a", " time"] });
  let text = "";
  for await (const chunk of await client.completions.create({ model, prompt: "Once upon", stream: true })) {
    text += chunk.choices[0]?.text ?? "";
  }
  expect(text).toBe(" a time");
});
