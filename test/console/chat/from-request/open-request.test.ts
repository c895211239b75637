import { expect, test } from "vitest";

import type { Turn } from "../../../../src/console/domain/chat/chat.ts";
import { openRequest } from "../../../../src/console/domain/chat/from-request/open-request.ts";
import {
  findTalkDialect,
  type TalkDialect,
} from "../../../../src/console/domain/chat/from-request/talk-dialects.ts";
import { toBody } from "../../../../src/console/domain/chat/to-body.ts";

const png = "data:image/png;base64,iVBORw0KGgo=";
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const answerSchema = { type: "object", properties: { rain: { type: "boolean" } } };

function open(dialect: TalkDialect, body: object) {
  const opened = openRequest(dialect, JSON.stringify(body), "listed");
  if (opened === undefined) throw new Error("It was not read.");
  return opened;
}

/** What was said, without ids. */
function told(turns: readonly Turn[]) {
  return turns.map((turn) =>
    turn.kind === "user"
      ? [turn.text, ...turn.images]
      : [turn.text, ...turn.calls.map(({ name, arguments: given, result }) => [name, given, result])],
  );
}

const chatBody = {
  model: "gpt-4o",
  temperature: 0,
  top_p: 0.9,
  max_completion_tokens: 500,
  stop: ["END", "\n\n"],
  reasoning_effort: "low",
  tools: [{ type: "function", function: { name: "get_weather", description: "Of a city", parameters } }],
  tool_choice: { type: "function", function: { name: "get_weather" } },
  response_format: { type: "json_schema", json_schema: { name: "answer", schema: answerSchema } },
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: png } },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning_content: "A secret thought",
      tool_calls: [
        { id: "c1", type: "function", function: { name: "get_weather", arguments: '{"city":"Lisbon"}' } },
      ],
    },
    { role: "tool", tool_call_id: "c1", content: "rain" },
  ],
};

test("what the playground can send itself is the same request again, whatever came of it", () => {
  const { lane, settings, left } = open("openai-chat", { ...chatBody, stream: true, n: 1, seed: null });
  expect(left).toEqual([]);
  const { max_completion_tokens: limit, messages, ...same } = chatBody;
  expect(toBody(lane, settings)).toEqual({
    ...same,
    max_tokens: limit,
    messages: messages.map((message) =>
      "tool_calls" in message ? { ...message, reasoning_content: undefined } : message,
    ),
    stream: true,
    stream_options: { include_usage: true },
  });
});

test("the same conversation opens the same from each API", () => {
  const anthropic = open("anthropic-messages", {
    model: "gpt-4o",
    max_tokens: 500,
    temperature: 0,
    top_p: 0.9,
    stop_sequences: ["END", "\n\n"],
    system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
    output_config: { effort: "low", format: { type: "json_schema", schema: answerSchema } },
    tools: [{ name: "get_weather", description: "Of a city", input_schema: parameters }],
    tool_choice: { type: "tool", name: "get_weather" },
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" } },
        ],
      },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "A secret thought", signature: "" },
          { type: "tool_use", id: "c1", name: "get_weather", input: { city: "Lisbon" } },
        ],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "c1", content: [{ type: "text", text: "rain" }] }],
      },
    ],
  });
  const responses = open("openai-responses", {
    model: "gpt-4o",
    max_output_tokens: 500,
    temperature: 0,
    top_p: 0.9,
    stop: ["END", "\n\n"],
    instructions: "Be brief.",
    reasoning: { effort: "low" },
    text: { format: { type: "json_schema", name: "answer", schema: answerSchema } },
    tools: [{ type: "function", name: "get_weather", description: "Of a city", parameters }],
    tool_choice: { type: "function", name: "get_weather" },
    input: [
      {
        role: "user",
        content: [
          { type: "input_text", text: "What is this?" },
          { type: "input_image", image_url: png },
        ],
      },
      { type: "reasoning", summary: [{ type: "summary_text", text: "A secret thought" }] },
      { type: "function_call", call_id: "c1", name: "get_weather", arguments: '{"city":"Lisbon"}' },
      { type: "function_call_output", call_id: "c1", output: "rain" },
    ],
  });
  const gemini = open("gemini", {
    model: "gpt-4o",
    system_instruction: { parts: { text: "Be brief." } },
    generationConfig: {
      temperature: 0,
      topP: 0.9,
      maxOutputTokens: 500,
      stopSequences: ["END", "\n\n"],
      thinkingConfig: { thinkingLevel: "LOW" },
      responseMimeType: "application/json",
      responseSchema: {
        type: "OBJECT",
        properties: { rain: { type: "BOOLEAN" } },
        propertyOrdering: ["rain"],
      },
    },
    tools: [
      {
        functionDeclarations: [
          { name: "get_weather", description: "Of a city", parametersJsonSchema: parameters },
        ],
      },
    ],
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["get_weather"] } },
    contents: [
      {
        role: "user",
        parts: [{ text: "What is this?" }, { inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }],
      },
      { role: "model", parts: [{ text: "A secret thought", thought: true }] },
      {
        role: "model",
        parts: [{ functionCall: { id: "c1", name: "get_weather", args: { city: "Lisbon" } } }],
      },
      { role: "user", parts: [{ functionResponse: { name: "get_weather", response: { output: "rain" } } }] },
    ],
  });
  const chat = open("openai-chat", chatBody);
  expect(gemini).toEqual(chat);
  expect(anthropic).toEqual(chat);
  expect(responses).toEqual(chat);
  expect(told(chat.lane.turns)).toEqual([
    ["What is this?", png],
    ["", ["get_weather", '{"city":"Lisbon"}', "rain"]],
  ]);
  expect(JSON.stringify(chat)).not.toContain("secret");
});

test.each<[TalkDialect, object, readonly string[]]>([
  [
    "openai-chat",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "input_audio", input_audio: {} },
            { type: "text", text: "Hi" },
          ],
        },
        { role: "system", content: "From now on be loud." },
        {
          role: "user",
          content: [{ type: "image_url", image_url: { url: "https://elsewhere.test/a.png" } }],
        },
        { role: "tool", tool_call_id: "nobody's", content: "42" },
        { role: "assistant", content: "It is" },
      ],
      tools: [
        { type: "custom", custom: { name: "sh" } },
        { type: "function", function: { name: "f", strict: true } },
      ],
      tool_choice: { type: "allowed_tools" },
      stop: ["a,b", "ok", " edge"],
      n: 3,
      seed: 7,
      reasoning_effort: "xhigh",
      response_format: { type: "json_object" },
    },
    [
      "messages[0].content[0] (input_audio)",
      "messages[1] (system)",
      "messages[2].content[0] (image_url)",
      "messages[3] (tool)",
      "messages[4] (prefill)",
      "tools[0] (custom)",
      "tools[1].strict",
      "n",
      "seed",
      "stop[0]",
      "stop[2]",
      "reasoning_effort",
      "tool_choice",
      "response_format",
    ],
  ],
  [
    "anthropic-messages",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "document", source: {} },
            { type: "text", text: "Read it" },
          ],
        },
      ],
      tools: [{ type: "web_search_20250305", name: "web_search" }],
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
      thinking: { type: "enabled", budget_tokens: 4000 },
      top_k: 5,
      metadata: { user_id: "u" },
    },
    [
      "messages[0].content[0] (document)",
      "tools[0] (web_search)",
      "top_k",
      "metadata",
      "thinking.budget_tokens",
      "tool_choice.disable_parallel_tool_use",
    ],
  ],
  [
    "openai-responses",
    {
      previous_response_id: "resp_1",
      input: [
        { type: "web_search_call", id: "w" },
        { role: "user", content: "Hi" },
        { type: "function_call_output", call_id: "nobody's", output: "42" },
      ],
      tools: [{ type: "web_search" }],
      text: { verbosity: "low" },
      reasoning: { effort: "medium", summary: "auto" },
    },
    [
      "input[0] (web_search_call)",
      "input[2] (function_call_output)",
      "text.verbosity",
      "reasoning.summary",
      "tools[0] (web_search)",
      "previous_response_id",
    ],
  ],
  [
    "gemini",
    {
      contents: [
        {
          parts: [
            { fileData: { fileUri: "gs://a/b" } },
            { functionResponse: { name: "f", response: { result: 1 } } },
            { text: "Hi" },
          ],
        },
        { role: "model", parts: [{ text: "It" }] },
      ],
      tools: [{ googleSearch: {} }],
      generationConfig: {
        topK: 5,
        thinkingConfig: { thinkingBudget: 4000 },
        responseMimeType: "application/json",
      },
      safetySettings: [],
    },
    [
      "contents[0].parts[0] (fileData)",
      "contents[0].parts[1] (functionResponse)",
      "contents[1] (prefill)",
      "generationConfig.responseMimeType",
      "tools[0] (googleSearch)",
      "generationConfig.topK",
      "safetySettings",
      "generationConfig.thinkingConfig.thinkingBudget",
    ],
  ],
  ["openai-completions", { prompt: ["one", "two"], suffix: "end" }, ["prompt[1]", "suffix"]],
  ["openai-completions", { prompt: [1, 2] }, ["prompt", "prompt[1]"]],
  ["openai-images", { prompt: "a lighthouse", size: "1024x1024" }, ["size"]],
  [
    "ollama-chat",
    {
      messages: [
        { role: "user", content: "Hi", images: ["bm9uZQ=="] },
        { role: "tool", content: "of nobody" },
        { role: "robot", content: "x" },
      ],
      format: "json",
      options: { num_ctx: 4096 },
      truncate: true,
    },
    [
      "messages[0].images[0]",
      "messages[1] (tool)",
      "messages[2] (robot)",
      "options.num_ctx",
      "truncate",
      "format",
    ],
  ],
])("what a chat has no place for is named: %s", (dialect, body, left) => {
  expect(open(dialect, body).left).toEqual(left);
});

const ollamaCall = (name: string, id?: string) => ({ id, function: { name, arguments: { city: "Lisbon" } } });

test("Ollama's messages open as what they are, whose results need not say which call they answer", () => {
  const base64 = png.slice(png.indexOf(",") + 1);
  const { lane, settings, left } = open("ollama-chat", {
    model: "m:latest",
    keep_alive: "5m",
    think: true,
    format: answerSchema,
    options: { temperature: 0, top_p: 0.9, num_predict: 500, stop: ["END"] },
    tools: [{ type: "function", function: { name: "get_weather", description: "Of a city", parameters } }],
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "What is this?", images: [base64, png] },
      {
        role: "assistant",
        content: "",
        thinking: "hm",
        tool_calls: [ollamaCall("a"), ollamaCall("b"), ollamaCall("c", "id")],
      },
      { role: "tool", tool_name: "b", content: "of b" },
      { role: "tool", content: "of a" },
      { role: "tool", tool_call_id: "id", content: "of c" },
    ],
  });
  expect(left).toEqual([]);
  const given = '{"city":"Lisbon"}';
  expect(told(lane.turns)).toEqual([
    ["What is this?", png, png],
    ["", ["a", given, "of a"], ["b", given, "of b"], ["c", given, "of c"]],
  ]);
  expect(toBody(lane, settings)).toMatchObject({
    model: "m:latest",
    temperature: 0,
    top_p: 0.9,
    max_tokens: 500,
    stop: ["END"],
    reasoning_effort: "medium",
    response_format: { json_schema: { schema: answerSchema } },
    tools: chatBody.tools,
    messages: [{ role: "system", content: "Be brief." }, {}, {}, {}, {}, {}],
  });
});

test("a prompt of Ollama's is what the user says behind its system prompt", () => {
  const { lane, settings, left } = open("ollama-generate", {
    prompt: "Hi",
    system: "Be brief.",
    raw: true,
    think: "max",
  });
  expect([told(lane.turns), settings.system]).toEqual([[["Hi"]], "Be brief."]);
  expect(left).toEqual(["raw", "think"]);
});

test("a prompt is what the user says; a request without a model has the one that it was given", () => {
  const { lane } = open("openai-images", { prompt: "a lighthouse" });
  expect([lane.model, told(lane.turns)]).toEqual(["listed", [["a lighthouse"]]]);
});

const call = (id: string) => ({ type: "tool_use", id, name: "f", input: {} });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "no", is_error: true });

test("calls of one answer stay together, and errors stay errors", () => {
  const { lane } = open("anthropic-messages", {
    messages: [
      { role: "user", content: "Go" },
      { role: "assistant", content: [{ type: "text", text: "Both." }, call("a"), call("b")] },
      { role: "user", content: [result("b"), result("a"), { type: "text", text: "Then stop." }] },
      { role: "assistant", content: [call("c")] },
    ],
  });
  expect(told(lane.turns)).toEqual([
    ["Go"],
    ["Both.", ["f", "{}", "no"], ["f", "{}", "no"]],
    ["Then stop."],
    ["", ["f", "{}", undefined]],
  ]);
  const [, both] = lane.turns;
  expect(both?.kind === "answer" && both.calls.every(({ isError }) => isError)).toBe(true);
});

test("a body of Gemini's API may have texts for numbers and for lists of one, and its schema references", () => {
  const { settings, left } = open("gemini", {
    systemInstruction: "Be brief.",
    contents: { parts: { text: "Hi" } },
    tools: { functionDeclarations: { name: "look" } },
    toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: "look" } },
    generationConfig: {
      temperature: "0.5",
      topP: "1",
      maxOutputTokens: "100",
      stopSequences: "END",
      thinkingConfig: { thinkingBudget: "0" },
      responseSchema: { properties: { pet: { ref: "#/defs/Pet" } }, defs: { Pet: { type: "STRING" } } },
    },
  });
  expect(left).toEqual([]);
  expect(settings).toMatchObject({
    system: "Be brief.",
    temperature: "0.5",
    topP: "1",
    maxTokens: "100",
    stop: "END",
    thinking: "none",
    toolChoice: ":look",
  });
  expect(JSON.parse(settings.schema)).toEqual({
    properties: { pet: { $ref: "#/$defs/Pet" } },
    $defs: { Pet: { type: "string" } },
  });
});

test("chunks that a client of Gemini's API has kept are one answer, and names of properties stay", () => {
  const properties = { nullable: { type: "STRING", nullable: true }, type: { type: "INTEGER" } };
  const { lane, settings } = open("gemini", {
    contents: [
      { parts: [{ text: "Go" }] },
      { role: "model", parts: [{ text: "I lo" }] },
      { role: "model", parts: [{ text: "ok." }] },
      { role: "model", parts: [{ functionCall: { name: "f" } }, { functionCall: { name: "f" } }] },
      { parts: [{ functionResponse: { name: "f", response: { error: "no" } } }] },
    ],
    generationConfig: { responseSchema: { type: "OBJECT", properties } },
  });
  expect(told(lane.turns)).toEqual([["Go"], ["I look.", ["f", "{}", "no"], ["f", "{}", undefined]]]);
  expect(JSON.parse(settings.schema)).toEqual({
    type: "object",
    properties: { nullable: { type: ["string", "null"] }, type: { type: "integer" } },
  });
});

test.each(["", "[]", "null", '{"messages": [{"role": "us', "7"])(
  "a body that can't be read is none: %s",
  (body) => {
    expect(openRequest("openai-chat", body, "m")).toBeUndefined();
  },
);

test.each([
  {},
  { messages: "no list", tools: 7, stop: {}, tool_choice: [], response_format: "x" },
  {
    messages: [null, 7, "x", { role: 5 }, { role: "user" }, { role: "assistant", tool_calls: "x" }],
    tools: [null],
  },
  { input: [null, 7, { type: "message" }, { type: "function_call" }], text: 5, reasoning: [] },
  { prompt: {}, system: 7 },
  {
    contents: [null, 7, { parts: 5 }, { parts: [null, { functionCall: 3 }] }],
    generationConfig: [],
    tools: 7,
  },
])("what is no request of the API opens as little, and throws nothing: %j", (body) => {
  for (const dialect of [
    "openai-chat",
    "openai-responses",
    "anthropic-messages",
    "gemini",
    "openai-completions",
    "ollama-chat",
    "ollama-generate",
  ] as const)
    expect(open(dialect, body).lane.model).toBe("listed");
});

test("embeddings and what no API is are not opened", () => {
  expect(["openai-embeddings", null, "toString"].map(findTalkDialect)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(findTalkDialect("anthropic-messages")).toBe("anthropic-messages");
});
