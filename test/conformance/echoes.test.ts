/** What a client wrote comes back shortened, wherever a refusal names it. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { GatewayError, shorten } from "../../src/errors.ts";
import { send } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const long = "x".repeat(1_000_000);
/** As long as a path may be, which has to fit into what Node takes of a head. */
const longPath = "x".repeat(10_000);
const model = "DeepSeek-V3.2";
const messages = [{ role: "user", content: "Hi" }];
const responses = { model, input: "Hi" };
const chat = { model, messages };
const anthropic = { model, messages, max_tokens: 10 };
const schema = { type: "object", properties: {} };
const named = { name: long, input_schema: schema };

test.each<[string, string, string, object | null]>([
  ["a previous response", "POST", "/v1/responses", { ...responses, previous_response_id: long }],
  ["one to be counted", "POST", "/v1/responses/input_tokens", { ...responses, previous_response_id: long }],
  ["an item", "POST", "/v1/responses", { model, input: [{ type: "item_reference", id: long }] }],
  [
    "a call",
    "POST",
    "/v1/responses",
    { model, input: [{ type: "function_call_output", call_id: long, output: 1 }] },
  ],
  [
    "a tool that is chosen",
    "POST",
    "/v1/responses",
    { ...responses, tools: [{ type: "function", name: "a" }], tool_choice: { type: "function", name: long } },
  ],
  [
    "a tool that is chosen",
    "POST",
    "/v1/chat/completions",
    {
      ...chat,
      tools: [{ type: "function", function: { name: "a" } }],
      tool_choice: { type: "function", function: { name: long } },
    },
  ],
  [
    "a tool that is chosen",
    "POST",
    "/v1/messages",
    { ...anthropic, tools: [{ name: "a", input_schema: schema }], tool_choice: { type: "tool", name: long } },
  ],
  ["a tool that stands twice", "POST", "/v1/messages", { ...anthropic, tools: [named, named] }],
  ["a role", "POST", "/v1/chat/completions", { model, messages: [{ role: long, content: "Hi" }] }],
  [
    "a type",
    "POST",
    "/v1/messages",
    { ...anthropic, messages: [{ role: "user", content: [{ type: long }] }] },
  ],
  ["a key", "POST", "/v1/responses", { ...responses, metadata: { [long]: 1 } }],
  ["a model", "POST", "/v1/responses", { ...responses, model: long }],
  ["a model", "POST", "/v1/messages", { ...anthropic, model: long }],
  ["a model", "POST", "/v1/completions", { model: long, prompt: "Hi" }],
  ["an image model", "POST", "/v1/images/generations", { model: long, prompt: "Hi" }],
  [
    "a file",
    "POST",
    "/v1/chat/completions",
    {
      model,
      messages: [
        { role: "user", content: [{ type: "file", file: { file_data: `data:image/${long};base64,AA==` } }] },
      ],
    },
  ],
  [
    "a file",
    "POST",
    "/v1/responses",
    {
      model,
      input: [
        {
          role: "user",
          content: [{ type: "input_file", filename: "a", file_data: `data:image/${long};base64,AA==` }],
        },
      ],
    },
  ],
  [
    "a document",
    "POST",
    "/v1/messages",
    {
      ...anthropic,
      messages: [
        {
          role: "user",
          content: [
            { type: "document", source: { type: "base64", media_type: `image/${long}`, data: "AA==" } },
          ],
        },
      ],
    },
  ],
  ["a response", "GET", `/v1/responses/${longPath}`, null],
  ["a response", "DELETE", `/v1/responses/${longPath}`, null],
  ["a response's items", "GET", `/v1/responses/${longPath}/input_items`, null],
  ["a response to cancel", "POST", `/v1/responses/${longPath}/cancel`, null],
  ["a model", "GET", `/v1/models/${longPath}`, null],
  ["a path", "GET", `/v1/nothing/${longPath}`, null],
  ["a path", "PUT", `/v1/models/${longPath}`, {}],
  ["a parameter", "GET", `/v1/responses/x?starting_after=${longPath}`, null],
])("the name of %s: %s", async (_name, method, path, body) => {
  const headers = { "content-type": "application/json", "x-request-id": longPath.slice(0, 3000) };
  const reply = await send(method, stack.url + path, body === null ? null : JSON.stringify(body), headers);
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.text.length + JSON.stringify(reply.headers).length).toBeLessThan(3000);
  expect(reply.json()).toHaveProperty("error");
});

test("parameters without effect: in the header, shortened", async () => {
  const body = JSON.stringify({ ...chat, [long]: 1 });
  const reply = await send("POST", `${stack.url}/v1/chat/completions`, body);
  expect(reply.status).toBe(200);
  expect(JSON.stringify(reply.headers).length).toBeLessThan(1500);
});

test("a name of usual length stays as it is; of a long one both ends stay, and no half of a pair", () => {
  expect(shorten("gpt-🙂")).toBe("gpt-🙂");
  expect(shorten(`resp_${"a".repeat(500)}z`)).toBe(`resp_${"a".repeat(145)}…${"a".repeat(49)}z`);
  expect(shorten(`a${"🙂".repeat(200)}`)).not.toMatch(/\p{Surrogate}/u);
});

test("no error is longer, whoever forgot to shorten what it quotes", () => {
  const error = new GatewayError("invalid-request", `There is no '${long}'. Leave it out.`, { param: long });
  expect([error.message.length, error.param?.length]).toEqual([2001, 201]);
  expect(error.message).toMatch(/^There is no 'x+…x+'\. Leave it out\.$/);
});
