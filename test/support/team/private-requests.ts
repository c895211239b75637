import type { Planted } from "./planted.ts";

/** A request that holds what is nobody else's business. */
export interface PrivateRequest {
  readonly path: string;
  /** A text is sent as it is. */
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;
}

const web = "DeepSeek-V3.2";
const parameters = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };

/** What clients send in places where a gateway might keep or show it, in all APIs; some of it is wrong. `own` are the models of another upstream. */
export function createPrivateRequests(texts: Planted, own: string): readonly PrivateRequest[] {
  const plant = (where: string) => texts.plant(where);
  const headers = {
    "x-custom": plant("a header"),
    cookie: `sid=${plant("a cookie")}`,
    referer: `https://example.com/?q=${plant("the referer")}`,
  };
  const file = `data:text/plain;base64,${Buffer.from(plant("a file")).toString("base64")}`;
  const call = JSON.stringify({ path: plant("arguments of a call") });
  const tools = [
    {
      type: "function",
      function: { name: "read", description: plant("a tool's description"), parameters },
    },
  ];

  const chat = (model: string, more: object = {}) => ({
    path: "/v1/chat/completions",
    headers,
    body: {
      model,
      user: plant("user"),
      // Akash Chat is not sent them.
      ...(model === web && { metadata: { note: plant("metadata") } }),
      messages: [
        { role: "system", content: plant("a system prompt") },
        { role: "user", content: plant("a prompt") },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_1", type: "function", function: { name: "read", arguments: call } }],
        },
        { role: "tool", tool_call_id: "call_1", content: plant("a tool's result") },
        {
          role: "user",
          content: [
            { type: "text", text: plant("a part of a prompt") },
            { type: "file", file: { filename: `${plant("a file's name")}.txt`, file_data: file } },
          ],
        },
      ],
      tools,
      stop: [plant("a stop sequence")],
      ...more,
    },
  });
  const messages = (model: string, more: object = {}) => ({
    path: "/v1/messages",
    headers,
    body: {
      model,
      max_tokens: 100,
      metadata: { user_id: plant("the user of Messages") },
      system: plant("a system prompt of Messages"),
      messages: [{ role: "user", content: plant("a prompt of Messages") }],
      tools: [{ name: "read", description: plant("a tool of Messages"), input_schema: parameters }],
      ...more,
    },
  });
  const responses = (model: string, more: object = {}) => ({
    path: "/v1/responses",
    headers,
    body: {
      model,
      instructions: plant("instructions"),
      input: [
        { role: "user", content: plant("an input") },
        { type: "function_call", call_id: "c1", name: "read", arguments: call },
        { type: "function_call_output", call_id: "c1", output: plant("an output") },
      ],
      safety_identifier: plant("a safety identifier"),
      ...more,
    },
  });
  const schema = {
    type: "object",
    description: plant("a schema"),
    properties: {},
    additionalProperties: false,
  };
  const form = { type: "json_schema", json_schema: { name: "answer", schema } };

  const good = [web, own].flatMap((model) => [
    chat(model),
    chat(model, { stream: true }),
    chat(model, { n: 2 }),
    chat(model, { tools: undefined, response_format: form }),
    messages(model),
    messages(model, { stream: true }),
    responses(model),
    responses(model, { stream: true }),
    responses(model, { store: false }),
    { path: "/v1/completions", headers, body: { model, prompt: plant("a prompt to complete") } },
    {
      path: "/v1/messages/count_tokens",
      headers,
      body: { model, messages: [{ role: "user", content: plant("counted") }] },
    },
  ]);
  const wrong = [
    {
      ...chat(web),
      body: `{"model": "${web}", "messages": [{"role": "user", "content": "${plant("broken JSON")}"`,
    },
    { ...chat(web), body: plant("no JSON") },
    chat(web, { temperature: plant("a wrong temperature") }),
    chat(web, { messages: plant("wrong messages") }),
    chat(web, { messages: [{ role: plant("a wrong role"), content: "Hello" }] }),
    {
      path: "/v1/images/generations",
      headers,
      body: { model: "AkashGen", prompt: plant("a picture"), size: plant("a size") },
    },
  ];
  return [...good, ...wrong];
}
