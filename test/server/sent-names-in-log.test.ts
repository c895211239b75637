/** What a client wrote stands in no line of the log, also where an error repeats it to that client. docs/logs.md says what does. */
import { afterEach, beforeEach, expect, test } from "vitest";

import { get, post, send } from "../support/post.ts";
import { startLogged, type LoggedStack } from "../support/start-logged.ts";

const planted = "zanzibar-and-other-plants";
const model = "DeepSeek-V3.2";
const user = { role: "user", content: "Hello" };
const parameters = { type: "object", properties: { path: { type: "string" } } };
const tool = { type: "function", name: "read", parameters };
const chatTool = { type: "function", function: { name: "read", parameters } };
const oddSchemas = [
  { type: planted },
  { type: "object", required: planted },
  { $ref: `#/$defs/${planted}` },
  { properties: { [planted]: { type: 5 } } },
  { pattern: `${planted}(` },
  { enum: planted },
];
const file = (type: string) => `data:${type};base64,SGk=`;

interface Wrong {
  readonly path: string;
  readonly body: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

const chat = (more: object): Wrong => ({
  path: "/v1/chat/completions",
  body: { model, messages: [user], ...more },
});
const responses = (more: object): Wrong => ({
  path: "/v1/responses",
  body: { model, input: "Hello", ...more },
});
const messages = (more: object): Wrong => ({
  path: "/v1/messages",
  body: { model, max_tokens: 9, messages: [user], ...more },
});
const part = (one: object): Wrong => chat({ messages: [{ role: "user", content: [one] }] });
const item = (one: object): Wrong => responses({ input: [one] });
const block = (one: object): Wrong => messages({ messages: [{ role: "user", content: [one] }] });

const wrongs: readonly Wrong[] = [
  chat({ tools: [chatTool], tool_choice: { type: "function", function: { name: planted } } }),
  chat({ tools: [chatTool], tool_choice: planted }),
  chat({ tools: [chatTool], tool_choice: { type: planted } }),
  chat({
    tools: [chatTool],
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: planted } }] },
    },
  }),
  chat({ tools: [{ type: planted, function: { name: "x" } }] }),
  chat({ tools: [{ type: "function", function: { name: `${planted} ${planted}` } }] }),
  chat({
    tools: [
      chatTool,
      { type: "function", function: { name: planted } },
      { type: "function", function: { name: planted } },
    ],
  }),
  chat({ messages: [{ role: planted, content: "x" }] }),
  chat({ messages: [{ role: "tool", tool_call_id: planted, content: "x" }] }),
  chat({
    messages: [
      {
        role: "assistant",
        tool_calls: [{ id: "1", type: planted, function: { name: planted, arguments: planted } }],
      },
    ],
  }),
  chat({ response_format: { type: planted } }),
  chat({ reasoning_effort: planted }),
  chat({ stop: [planted, 5] }),
  chat({ modalities: [planted] }),
  chat({ service_tier: planted, audio: { voice: planted } }),
  chat({ n: planted, temperature: planted, max_tokens: planted }),
  chat({ functions: [{ name: "f" }], function_call: { name: planted } }),
  chat({ stream_options: { [planted]: planted }, stream: planted }),
  chat({ [planted]: planted, metadata: { [planted]: planted }, logit_bias: { [planted]: planted } }),
  ...oddSchemas.flatMap((schema) => [
    chat({ response_format: { type: "json_schema", json_schema: { name: planted, schema } } }),
    chat({ tools: [{ type: "function", function: { name: "x", parameters: schema } }] }),
    responses({ text: { format: { type: "json_schema", name: "x", schema } } }),
    responses({ tools: [{ ...tool, parameters: schema }] }),
    messages({ tools: [{ name: "x", input_schema: schema }] }),
  ]),
  part({ type: planted }),
  part({ type: "image_url", image_url: { url: planted } }),
  part({ type: "image_url", image_url: { url: `ftp://${planted}/` } }),
  part({ type: "image_url", image_url: { url: `http://127.0.0.1:9/${planted}?${planted}` } }),
  part({ type: "image_url", image_url: { url: `http://${planted}.invalid/` } }),
  part({ type: "image_url", image_url: { url: file(`image/${planted}`) } }),
  part({ type: "file", file: { filename: planted, file_data: file(`application/${planted}`) } }),
  part({ type: "file", file: { file_id: planted } }),
  part({ type: "input_audio", input_audio: { data: planted, format: planted } }),
  { path: "/v1/chat/completions", body: planted },
  { path: "/v1/chat/completions", body: `{"model": "${planted}` },
  { path: "/v1/chat/completions", body: `{"${planted}": }` },
  {
    path: "/v1/chat/completions",
    body: { model, messages: [user] },
    headers: { "content-encoding": planted },
  },
  {
    path: "/v1/chat/completions",
    body: { model, messages: [user] },
    headers: { "content-type": `text/${planted}` },
  },
  { path: "/v1/chat/completions", body: { model, messages: [user] }, headers: { "x-trace": planted } },
  { path: "/v1/completions", body: { model, prompt: { [planted]: planted } } },
  { path: "/v1/completions", body: { model, prompt: "x", suffix: planted, logprobs: planted } },
  { path: "/v1/embeddings", body: { model: "none", input: [planted, 5] } },
  { path: "/v1/embeddings", body: { model: "none", input: planted, encoding_format: planted } },
  { path: "/v1/images/generations", body: { prompt: planted, size: planted } },
  { path: "/v1/images/generations", body: { prompt: planted, response_format: planted, quality: planted } },
  { path: "/v1/images/generations", body: { prompt: planted, output_format: planted, background: planted } },
  responses({ previous_response_id: planted }),
  responses({ previous_response_id: `resp_${planted}` }),
  responses({ conversation: planted }),
  { path: `/v1/conversations/${planted}`, body: { metadata: {} } },
  { path: `/v1/conversations/${planted}/items`, body: { items: [{ role: "user", content: planted }] } },
  { path: "/v1/conversations", body: { items: [{ type: "item_reference", id: planted }] } },
  { path: "/v1/conversations", body: { metadata: { [planted]: planted.repeat(100) } } },
  responses({ metadata: { [planted]: 1 } }),
  responses({ prompt: { id: planted } }),
  responses({ include: [planted] }),
  responses({ truncation: planted }),
  responses({ tools: [tool], tool_choice: { type: "function", name: planted } }),
  responses({ tools: [tool], tool_choice: { type: planted } }),
  responses({ tools: [tool], tool_choice: { type: "custom", name: planted } }),
  responses({
    tools: [tool],
    tool_choice: { type: "allowed_tools", mode: "auto", tools: [{ type: "function", name: planted }] },
  }),
  responses({ tools: [{ type: planted }] }),
  responses({ tools: [{ type: "mcp", server_label: planted, server_url: `http://${planted}/` }] }),
  responses({
    tools: [
      { type: "custom", name: planted, format: { type: "grammar", syntax: planted, definition: planted } },
    ],
  }),
  responses({
    tools: [
      { ...tool, name: planted },
      { ...tool, name: planted },
    ],
  }),
  responses({ reasoning: { effort: planted, summary: planted } }),
  responses({ text: { format: { type: planted } } }),
  item({ type: planted }),
  item({ type: "item_reference", id: planted }),
  item({ type: "item_reference", id: `msg_${planted}` }),
  item({ type: "compaction", encrypted_content: planted }),
  item({ type: "function_call_output", call_id: planted, output: [{ type: planted }] }),
  item({ type: "function_call", call_id: planted, name: planted, arguments: { x: planted } }),
  item({ role: planted, content: "x" }),
  item({ role: "user", content: [{ type: planted }] }),
  item({
    role: "user",
    content: [{ type: "input_file", filename: planted, file_data: file(`application/${planted}`) }],
  }),
  item({ role: "user", content: [{ type: "input_file", file_id: planted }] }),
  item({ role: "user", content: [{ type: "input_image", file_id: planted }] }),
  messages({
    tools: [{ name: "x", input_schema: parameters }],
    tool_choice: { type: "tool", name: planted },
  }),
  messages({ tools: [{ name: "x", input_schema: parameters }], tool_choice: { type: planted } }),
  messages({
    tools: [
      { name: planted, input_schema: parameters },
      { name: planted, input_schema: parameters },
    ],
  }),
  messages({ tools: [{ type: planted, name: "x" }] }),
  messages({ tools: [{ type: "web_search_20250305", name: planted }] }),
  messages({ tools: [{ name: `${planted} x`, input_schema: parameters }] }),
  messages({ messages: [{ role: planted, content: "x" }] }),
  messages({
    messages: [
      user,
      { role: "assistant", content: [{ type: "tool_use", id: planted, name: planted, input: {} }] },
      user,
    ],
  }),
  messages({ thread: { previous_message_id: planted } }),
  messages({ thread: { type: planted } }),
  messages({ mcp_servers: [{ type: "url", name: planted, url: `http://${planted}/` }] }),
  messages({ system: [{ type: planted, text: planted }] }),
  messages({ thinking: { type: planted } }),
  messages({ output_config: { effort: planted, format: { type: planted } } }),
  messages({ context_management: { edits: [{ type: planted }] } }),
  messages({ container: planted, service_tier: planted }),
  messages({ cache_control: { type: planted }, stop_sequences: planted }),
  block({ type: planted }),
  block({ type: "tool_result", tool_use_id: planted, content: "x" }),
  block({ type: "image", source: { type: planted } }),
  block({ type: "image", source: { type: "base64", media_type: `image/${planted}`, data: "SGk=" } }),
  block({ type: "image", source: { type: "url", url: `http://${planted}.invalid/` } }),
  block({ type: "document", source: { type: "base64", media_type: `application/${planted}`, data: "SGk=" } }),
  block({ type: "document", source: { type: "file", file_id: planted } }),
  { ...messages({}), headers: { "anthropic-version": planted, "anthropic-beta": planted } },
  { path: "/v1/messages/count_tokens", body: { model, messages: [{ role: planted, content: "x" }] } },
  { path: "/v1/keys", body: { name: planted, parent: planted } },
  { path: "/v1/keys", body: { name: planted, budget: { id: planted } } },
  { path: "/v1/keys", body: { name: planted, models: [5], dialects: [planted], expires_at: planted } },
  { path: "/v1/keys", body: { name: planted, [planted]: 1 } },
];

const looks: readonly (readonly [method: string, path: string])[] = [
  ["GET", `/v1/responses/resp_${planted}`],
  ["GET", `/v1/responses/${planted}?starting_after=${planted}&stream=${planted}`],
  ["GET", `/v1/responses/resp_x/input_items?after=${planted}&order=${planted}&limit=${planted}`],
  ["DELETE", `/v1/responses/resp_${planted}`],
  ["POST", `/v1/responses/resp_${planted}/cancel`],
  ["GET", `/v1/models?after_id=${planted}&limit=${planted}`],
  ["GET", `/v1/images/files/${planted}.webp?sig=${planted}`],
  ["GET", `/v1/keys/${planted}`],
  ["DELETE", `/v1/keys/${planted}`],
  ["GET", `/admin/v1/requests?${planted}=1`],
  ["GET", `/admin/v1/requests?from=${planted}`],
  ["GET", `/admin/v1/requests?after=${planted}`],
  ["GET", `/admin/v1/requests/${planted}`],
  ["GET", `/admin/v1/usage?by=${planted}`],
  ["GET", `/admin/v1/traces/${planted}`],
  ["GET", `/admin/v1/keys/${planted}`],
];

let stack: LoggedStack;
beforeEach(async () => {
  stack = await startLogged({ env: { ADMIN_TOKEN: "admin-of-this-test", LOG_LEVEL: "trace" } });
});
afterEach(() => stack.close());

/** Names that clients gave, which stand in fields of their own. */
const documented = { requestedModel: undefined, route: undefined, ignored: undefined };

const admin = { authorization: "Bearer admin-of-this-test" };

test("texts of wrong requests", async () => {
  const key = (
    await send("POST", `${stack.url}/admin/v1/keys`, '{"name":"k"}', {
      ...admin,
      "content-type": "application/json",
    })
  ).json();
  const own = { authorization: `Bearer ${key.key}` };
  for (const { path, body, headers = {} } of wrongs) {
    const content = path === "/v1/keys" ? own : admin;
    await post(`${stack.url}${path}`, body, { ...content, ...headers });
  }
  for (const [method, path] of looks) {
    const content = path.startsWith("/v1/keys") ? own : admin;
    if (method === "GET") await get(`${stack.url}${path}`, { ...content, "anthropic-version": "2023-06-01" });
    else await send(method, `${stack.url}${path}`, null, content);
  }
  const lines = await stack.logged({ event: "request" }, wrongs.length + looks.length + 1);
  // What docs/logs.md names is there as it was sent.
  const shown = stack.lines.map((line) => JSON.stringify({ ...JSON.parse(line), ...documented }));
  expect(shown.filter((line) => line.includes("zanzibar"))).toEqual([]);
  // Most of them are mistakes that somebody has to be told of.
  expect(lines.filter(({ err }) => err !== undefined).length).toBeGreaterThan(80);
  const messages = lines.map(({ err }) => err?.message);
  expect(messages).toContain("'tool_choice' names '…', which is not among the tools.");
  expect(messages).toContain("Response with id '…' not found.");
});
