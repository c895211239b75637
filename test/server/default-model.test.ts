import { describe, expect, test } from "vitest";

import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const messages = [{ role: "user", content: "Hi" }];
const routes: readonly (readonly [string, object])[] = [
  ["/v1/chat/completions", { messages }],
  ["/v1/chat/completions", { input: "Hi" }],
  ["/v1/completions", { prompt: "Hi" }],
  ["/v1/responses", { input: "Hi" }],
  ["/v1/messages", { messages, max_tokens: 50 }],
];

describe("a request without a model", () => {
  test.each(routes)("to %s with %j is for DEFAULT_MODEL, as is auto", async (route, body) => {
    await using stack = await startStack({ env: { DEFAULT_MODEL: "openai-gpt-oss-120b" } });
    for (const fields of [{}, { model: null }, { model: "" }, { model: "auto" }]) {
      const { status } = await post(stack.url + route, { ...body, ...fields });
      expect(status, JSON.stringify(fields)).toBe(200);
      expect(stack.simulator.chats.at(-1)?.body).toMatchObject({ model: "openai-gpt-oss-120b" });
    }
    expect(stack.simulator.chats).toHaveLength(4);
  });

  test.each(routes)("to %s with %j is refused where there is no such setting", async (route, body) => {
    await using stack = await startStack();
    const reply = await post(stack.url + route, body);
    expect([reply.status, reply.text]).toEqual([400, expect.stringMatching(/model/)]);
    expect(stack.simulator.chats).toEqual([]);
  });

  test("names the setting if the model is not offered", async () => {
    await using stack = await startStack({ env: { DEFAULT_MODEL: "DeepSeek-V9" } });
    const reply = await post(`${stack.url}/v1/messages`, { messages, max_tokens: 50 });
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining("DEFAULT_MODEL")]);
    expect(stack.simulator.chats).toEqual([]);
  });
});
