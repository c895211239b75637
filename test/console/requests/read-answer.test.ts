import { describe, expect, test } from "vitest";

import { readAnswer } from "../../../src/console/domain/requests/read-answer.ts";
import { post } from "../../support/post.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";

const weather = {
  name: "get_weather",
  description: "The weather at a place",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const said =
  '<think>I need the weather.</think>Let me look.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';
const messages = [{ role: "user", content: "Rain in Rome?" }];
const model = "DeepSeek-V3.2";

/** Each API's request for the same answer. */
const apis: Readonly<
  Record<string, { readonly path: string; readonly body: object; readonly stop: string }>
> = {
  chat: {
    stop: "tool_calls",
    path: "/v1/chat/completions",
    body: { model, messages, tools: [{ type: "function", function: weather }] },
  },
  messages: {
    stop: "tool_use",
    path: "/v1/messages",
    body: {
      model,
      messages,
      max_tokens: 500,
      thinking: { type: "enabled", budget_tokens: 1024 },
      tools: [{ name: weather.name, description: weather.description, input_schema: weather.parameters }],
    },
  },
  ollama: {
    stop: "stop",
    path: "/api/chat",
    body: { model, messages, stream: false, tools: [{ type: "function", function: weather }] },
  },
  responses: {
    stop: "completed",
    path: "/v1/responses",
    body: { model, input: "Rain in Rome?", tools: [{ type: "function", ...weather }] },
  },
};

async function ask(stack: Stack, api: string, stream: boolean): Promise<string> {
  const { path = "", body = {} } = apis[api] ?? {};
  stack.simulator.enqueue({ text: said });
  return (await post(`${stack.url}${path}`, { ...body, stream })).text;
}

describe.each(Object.keys(apis))("%s", (api) => {
  test.each([true, false])("thinking, text and a call, streamed: %s", async (stream) => {
    await using stack = await startStack();
    const { parts, stop, events } = readAnswer(await ask(stack, api, stream));
    const told = parts.map(({ kind, text, name }) => [
      kind,
      kind === "tool_call" ? JSON.parse(text) : text.trim(),
      name,
    ]);
    expect(told).toEqual([
      ["thinking", "I need the weather.", undefined],
      ["text", "Let me look.", undefined],
      ["tool_call", { city: "Rome" }, "get_weather"],
    ]);
    expect(stop).toBe(apis[api]?.stop);
    expect(events.length > 0).toBe(stream);
  });

  test("a stream that broke off is read as far as it goes", async () => {
    await using stack = await startStack();
    const text = await ask(stack, api, true);
    const { parts } = readAnswer(text.slice(0, text.indexOf("Let me look.") + 12));
    expect(parts[0]).toMatchObject({
      kind: "thinking",
      text: expect.stringContaining("I need the weather."),
    });
    expect(parts.filter(({ kind }) => kind === "tool_call")).toEqual([]);
  });
});

test("errors, of a body and within a stream", () => {
  expect(readAnswer('{"code": 400, "data": {"msg": "no"}, "error": {"message": "no"}}').parts).toEqual([
    { kind: "error", text: "no" },
  ]);
  expect(readAnswer('event: error\ndata: {"type":"error","error":{"message":"cut"}}\n\n').parts).toEqual([
    { kind: "error", text: "cut" },
  ]);
  const line = '{"model":"m","message":{"content":"Hi"},"done":false}';
  expect(readAnswer(`${line}\n{"error":"cut"}\n`).parts).toEqual([
    { kind: "text", text: "Hi" },
    { kind: "error", text: "cut" },
  ]);
});

test("pictures, and the old Completions", () => {
  expect(readAnswer('{"data": [{"url": "http://x/y.webp"}, {"b64_json": "AAAA"}]}').parts).toEqual([
    { kind: "picture", text: "http://x/y.webp", name: "" },
    { kind: "picture", text: "", name: "" },
  ]);
  expect(readAnswer('{"choices": [{"text": "hello", "finish_reason": "stop"}]}')).toMatchObject({
    parts: [{ kind: "text", text: "hello" }],
    stop: "stop",
  });
});

test.each([
  "",
  "nonsense",
  "null",
  "[]",
  '"text"',
  "data: nonsense\n\n",
  'data: {"choices": 5}\n\n',
  "data: [DONE]",
])("%j is read without a part", (body) => {
  expect(readAnswer(body).parts).toEqual([]);
});
