/** What caches between the gateway and its clients may keep. */
import { afterAll, beforeAll, expect, test } from "vitest";

import { get, post, send } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const key = "only-for-us";
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { BEARER_TOKEN: key } });
});
afterAll(() => stack.close());

const messages = [{ role: "user", content: "Hi" }];
const chat = { model: "DeepSeek-V3.2", messages };

test.each([
  ["the models", "GET", "/v1/models", null, 200],
  ["the head of them", "HEAD", "/v1/models", null, 200],
  ["one model", "GET", "/v1/models/DeepSeek-V3.2", null, 200],
  ["an unknown model", "GET", "/v1/models/none", null, 404],
  ["an answer", "POST", "/v1/chat/completions", chat, 200],
  ["a message", "POST", "/v1/messages", { ...chat, max_tokens: 10 }, 200],
  ["a count", "POST", "/v1/messages/count_tokens", chat, 200],
  ["a response", "POST", "/v1/responses", { model: chat.model, input: "Hi" }, 200],
  ["a response that is not there", "GET", "/v1/responses/resp_none", null, 404],
  ["items that are not there", "GET", "/v1/responses/resp_none/input_items", null, 404],
  ["a picture's address", "POST", "/v1/images/generations", { prompt: "a cat" }, 200],
  ["a picture that is not there", "GET", "/v1/images/files/x?sig=y", null, 404],
  ["a refusal", "POST", "/v1/chat/completions", {}, 400],
  ["no such path", "GET", "/v1/nothing", null, 404],
  ["no such method", "PUT", "/v1/models", {}, 405],
  ["a path that can't be read", "GET", "/v1/models/%zz", null, 400],
  ["health", "GET", "/health", null, 200],
])("nobody keeps %s", async (_name, method, path, body, status) => {
  const text = body === null ? null : JSON.stringify(body);
  for (const headers of [{ "x-api-key": key }, { authorization: `Bearer ${key}` }]) {
    const reply = await send(method, stack.url + path, text, headers);
    expect([reply.status, reply.headers["cache-control"]]).toEqual([status, "no-store"]);
  }
});

test("nobody keeps a stored response, nor what a missing key is told", async () => {
  const headers = { "x-api-key": key };
  const made = await post(`${stack.url}/v1/responses`, { model: chat.model, input: "Hi" }, headers);
  const path = `${stack.url}/v1/responses/${made.json().id}`;
  const replies = [await get(path, headers), await get(`${path}/input_items`, headers), await get(path)];
  expect(replies.map((reply) => [reply.status, reply.headers["cache-control"]])).toEqual([
    [200, "no-store"],
    [200, "no-store"],
    [401, "no-store"],
  ]);
});

test("event streams and linked pictures say themselves what holds for them", async () => {
  const headers = { "x-api-key": key };
  const stream = await post(`${stack.url}/v1/chat/completions`, { ...chat, stream: true }, headers);
  expect(stream.headers["cache-control"]).toBe("no-cache, no-transform");
  const drawn = await post(`${stack.url}/v1/images/generations`, { prompt: "a cat" }, headers);
  const picture = await fetch(drawn.json().data[0].url);
  expect(picture.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
});
