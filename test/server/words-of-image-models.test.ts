import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ env: { DEFAULT_MODEL: "openai-gpt-oss-120b" } });
});
afterEach(() => stack.close());

const drawn = "![a fox](http://localhost/v1/images/files/fox.webp?sig=secret)";
const turns = [
  { role: "user", content: "a fox in the snow" },
  { role: "assistant", content: drawn },
];
const order =
  "Please generate a four to five word title summarizing our conversation without any punctuation.";
const model = "AkashGen";

/** The chat model that was asked, and what it read. */
function lastAsked() {
  expect(stack.simulator.chats).toHaveLength(1);
  const body = stack.simulator.chats[0]?.body;
  expect(body).toMatchObject({ model: "openai-gpt-oss-120b" });
  expect(JSON.stringify(body)).not.toContain("sig=secret");
  return body;
}

describe("a title that is asked of the image model is written by the default model", () => {
  const messages = [...turns, { role: "user", content: order }];
  const ways: readonly (readonly [string, string, object])[] = [
    ["chat completions", "/v1/chat/completions", { messages }],
    ["chat completions, streamed", "/v1/chat/completions", { messages, stream: true }],
    ["responses", "/v1/responses", { input: messages }],
    ["messages", "/v1/messages", { messages, max_tokens: 100 }],
    ["messages, streamed", "/v1/messages", { messages, max_tokens: 100, stream: true }],
  ];
  test.each(ways)("over %s", async (_, route, body) => {
    stack.simulator.enqueue({ text: "Fox in the Snow" });
    const reply = await post(stack.url + route, { model, ...body });
    expect(reply.status).toBe(200);
    expect(reply.text).toContain("Fox in the Snow");
    expect(JSON.stringify(lastAsked())).toContain("[Image: a fox]");
  });
});

test("JSON that the prompt shows is what comes, though the model writes around it", async () => {
  const content = `### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history.\n### Output:\nJSON format: { "tags": ["tag1", "tag2"] }\n### Chat History:\n<chat_history>\nUSER: a fox\nASSISTANT: ${drawn}\n</chat_history>`;
  stack.simulator.enqueue({ text: 'Here you are:\n```json\n{"tags": ["Animals", "Snow"]}\n```' });
  const reply = await post(`${stack.url}/v1/chat/completions`, {
    model,
    messages: [{ role: "user", content }],
  });
  expect(JSON.parse(reply.json().choices[0].message.content)).toEqual({ tags: ["Animals", "Snow"] });
  lastAsked();
});

test("an alias of the image model is no other", async () => {
  await using aliased = await startStack({ env: { MODEL_ALIASES: "dall-e-*=AkashGen" } });
  const messages = [...turns, { role: "user", content: order }];
  await post(`${aliased.url}/v1/chat/completions`, { model: "dall-e-3", messages });
  expect(aliased.simulator.chats.map(({ body }) => body)).toMatchObject([{ model: "DeepSeek-V3.2" }]);
});

test.each(["auto=AkashGen", "*=AkashGen"])(
  "where %s leaves no model that writes, it draws",
  async (aliases) => {
    await using aliased = await startStack({ env: { MODEL_ALIASES: aliases } });
    aliased.simulator.enqueue({ image: { prompt: "A fox" } });
    const messages = [...turns, { role: "user", content: order }];
    const reply = await post(`${aliased.url}/v1/chat/completions`, { model, messages });
    expect(reply.json().choices[0].message.content).toContain("![");
  },
);

test("a picture that is asked for behind a picture is drawn", async () => {
  stack.simulator.enqueue({ image: { prompt: "A blue fox" } });
  const messages = [...turns, { role: "user", content: "now blue, with a short title at the top" }];
  const reply = await post(`${stack.url}/v1/chat/completions`, { model, messages });
  expect(reply.json().data).toMatchObject({ model, prompt: "A blue fox" });
});
