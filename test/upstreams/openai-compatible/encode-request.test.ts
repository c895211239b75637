import { describe, expect, test } from "vitest";

import { efforts, type ChatRequest, type Message } from "../../../src/model/request.ts";
import {
  encodeRequest,
  type EncodeOptions,
} from "../../../src/upstreams/openai-compatible/encode-request.ts";
import {
  findServer,
  recogniseServer,
  servers,
} from "../../../src/upstreams/openai-compatible/servers/index.ts";
import { unknown } from "../../../src/upstreams/openai-compatible/servers/unknown.ts";

const text = (words: string) => ({ type: "text", text: words }) as const;
const user = (words: string): Message => ({ role: "user", parts: [text(words)] });
const time = { name: "get_time", description: "The time.", parameters: { type: "object" } };
const date = { name: "get_date", parameters: { type: "object" } };

function toRequest(request: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: "alias",
    messages: [user("hi")],
    tools: [],
    toolChoice: { kind: "auto" },
    parallelToolCalls: true,
    responseFormat: { kind: "text" },
    sampling: {},
    stopSequences: [],
    ...request,
  };
}

function encode(request: Partial<ChatRequest> = {}, options: Partial<EncodeOptions> = {}) {
  return encodeRequest(toRequest(request), { rules: unknown, model: "m", stream: false, ...options });
}

function rulesOf(name: string) {
  const rules = findServer(name);
  if (rules === undefined) throw new Error(`There is no server ${name}.`);
  return rules;
}

describe.each(servers)("what every server takes: $name", (rules) => {
  test("only members that say something are sent", () => {
    expect(encode({}, { rules })).toEqual({ model: "m", messages: [{ role: "user", content: "hi" }] });
  });

  test("stream_options come with a stream alone", () => {
    expect(encode({}, { rules })).not.toHaveProperty("stream_options");
    expect(encode({}, { rules, stream: true })).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test("max_tokens is what all know", () => {
    expect(encode({ maxOutputTokens: 9 }, { rules }).max_tokens).toBe(9);
  });

  test("a named tool is required, with that tool alone", () => {
    const body = encode(
      { tools: [time, date], toolChoice: { kind: "function", name: "get_date" } },
      { rules },
    );
    expect(body.tool_choice).toBe("required");
    expect(body.tools?.map((tool) => tool.function.name)).toEqual(["get_date"]);
  });

  test("no tools, no member of theirs", () => {
    const body = encode({ toolChoice: { kind: "required" }, parallelToolCalls: false }, { rules });
    expect(Object.keys(body)).toEqual(["model", "messages"]);
    expect(encode({ tools: [time], toolChoice: { kind: "none" } }, { rules })).not.toHaveProperty("tools");
  });

  test("roles are those that every server knows", () => {
    const messages: Message[] = [
      { role: "system", parts: [text("One.")] },
      user("hi"),
      { role: "assistant", parts: [{ type: "tool-call", callId: "a", name: "get_time", arguments: "{}" }] },
      {
        role: "tool",
        parts: [{ type: "tool-result", callId: "a", isError: false, content: [text("noon")] }],
      },
    ];
    expect(encode({ messages }, { rules }).messages).toEqual([
      { role: "system", content: "One." },
      { role: "user", content: "hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "get_time", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "noon" },
    ]);
  });

  test.each(efforts)("thinking, %s, is asked for in its words or not at all", (effort) => {
    const { model, messages, ...rest } = encode({ effort }, { rules });
    expect([model, messages.length]).toEqual(["m", 1]);
    if (rules.thinking === undefined) expect(rest).toEqual({});
    else expect(Object.keys(rest).length).toBeGreaterThan(0);
  });
});

test("a choice of a tool that is not there is refused by name", () => {
  expect(() => encode({ tools: [time], toolChoice: { kind: "function", name: "x" } })).toThrow(
    expect.objectContaining({ kind: "invalid-request", param: "tool_choice" }),
  );
});

test("what is asked of the model goes along", () => {
  const body = encode({
    tools: [time],
    toolChoice: { kind: "required" },
    parallelToolCalls: false,
    sampling: { temperature: 0, topP: 0.5 },
    stopSequences: ["a", "b"],
    responseFormat: { kind: "json-schema", name: "n", schema: { type: "object" } },
  });
  expect(body).toMatchObject({
    tools: [
      {
        type: "function",
        function: { name: "get_time", description: "The time.", parameters: { type: "object" } },
      },
    ],
    tool_choice: "required",
    parallel_tool_calls: false,
    temperature: 0,
    top_p: 0.5,
    stop: ["a", "b"],
    response_format: { type: "json_schema", json_schema: { name: "n", schema: { type: "object" } } },
  });
  expect(encode({ responseFormat: { kind: "json-object" } }).response_format).toEqual({
    type: "json_object",
  });
});

test("no more stop sequences than the server takes", () => {
  const stopSequences = ["1", "2", "3", "4", "5"];
  expect(encode({ stopSequences }).stop).toEqual(["1", "2", "3", "4"]);
  expect(encode({ stopSequences }, { rules: rulesOf("vllm") }).stop).toEqual(stopSequences);
});

test("tools stay beside a history with calls where they must", () => {
  const messages: Message[] = [
    user("hi"),
    { role: "assistant", parts: [{ type: "tool-call", callId: "a", name: "get_time", arguments: "{}" }] },
    { role: "tool", parts: [{ type: "tool-result", callId: "a", isError: true, content: [text("no")] }] },
  ];
  const request = { messages, tools: [time], toolChoice: { kind: "none" } } as const;
  expect(encode(request, { rules: rulesOf("litellm") })).toMatchObject({ tool_choice: "none", tools: [{}] });
  expect(encode(request, { rules: rulesOf("vllm") })).not.toHaveProperty("tools");
  expect(encode(request).messages.at(-1)?.content).toBe("Error: no");
});

describe("thinking of earlier turns", () => {
  const parts = [{ type: "reasoning", text: "Hm." } as const, text("Four")];
  const messages: Message[] = [user("hi"), { role: "assistant", parts }, user("and?")];

  test.each([
    ["openai", { reasoning: "Hm.", reasoning_content: "Hm." }],
    ["vllm", { reasoning: "Hm.", reasoning_content: "Hm." }],
    ["sglang", { reasoning_content: "Hm." }],
    ["llamacpp", { reasoning_content: "Hm." }],
    ["ollama", { reasoning: "Hm." }],
    ["akashml", { reasoning_content: "Hm." }],
    ["openrouter", { reasoning: "Hm." }],
    ["tgi", {}],
  ])("%s", (name, fields) => {
    expect(encode({ messages }, { rules: rulesOf(name) }).messages[1]).toEqual({
      role: "assistant",
      content: "Four",
      ...fields,
    });
  });

  test("OpenRouter gets its details back unchanged, the others none", () => {
    const details = [{ type: "reasoning.encrypted", data: "x" }];
    const reasoningDetails = (message: Message) => (message.role === "assistant" ? details : undefined);
    const sent = (name: string) =>
      encode({ messages }, { rules: rulesOf(name), reasoningDetails }).messages[1];
    expect(sent("openrouter")).toMatchObject({ reasoning_details: details });
    expect(sent("vllm")).not.toHaveProperty("reasoning_details");
  });
});

describe("how much to think", () => {
  test.each([
    ["vllm", "none", { reasoning_effort: "none", chat_template_kwargs: { enable_thinking: false } }],
    ["sglang", "none", { chat_template_kwargs: { enable_thinking: false } }],
    ["ollama", "none", { reasoning_effort: "none" }],
    ["ollama", "minimal", { reasoning_effort: "low" }],
    ["ollama", "xhigh", { reasoning_effort: "high" }],
    ["lmstudio", "max", { reasoning_effort: "high" }],
    ["openrouter", "none", { reasoning: { enabled: false } }],
    ["akashml", "high", { reasoning: { effort: "high" } }],
    ["tgi", "high", {}],
  ] as const)("%s: %s", (name, effort, members) => {
    const { model: _model, messages: _messages, ...rest } = encode({ effort }, { rules: rulesOf(name) });
    expect(rest).toEqual(members);
  });
});

const call = (callId: string) => ({ type: "tool-call", callId, name: "f", arguments: "{}" }) as const;

describe("messages", () => {
  test("both names of the limit, for those that prefer the new one", () => {
    for (const name of ["akashml", "openrouter"]) {
      expect(encode({ maxOutputTokens: 5 }, { rules: rulesOf(name) })).toMatchObject({
        max_tokens: 5,
        max_completion_tokens: 5,
      });
    }
    expect(encode({ maxOutputTokens: 5 })).not.toHaveProperty("max_completion_tokens");
  });

  test.each([
    ["", "{}"],
    [" ", "{}"],
    ['{"zone": "UTC"}', '{"zone": "UTC"}'],
    ['{"zone": ', '{"arguments":"{\\"zone\\": "}'],
    ["[1]", '{"arguments":[1]}'],
    ['"x"', '{"arguments":"x"}'],
  ])("arguments of the history are a JSON object: %s", (given, sent) => {
    const messages: Message[] = [
      { role: "assistant", parts: [{ type: "tool-call", callId: "a", name: "f", arguments: given }] },
    ];
    expect(encode({ messages }).messages[0]?.tool_calls?.[0]?.function.arguments).toBe(sent);
  });

  test("pictures and files", () => {
    const data = { kind: "data", mediaType: "image/png", base64: "AA" } as const;
    const messages: Message[] = [
      {
        role: "user",
        parts: [
          text("see"),
          { type: "image", source: data },
          { type: "image", source: { kind: "url", url: "https://x.test/a.png" } },
          { type: "file", name: "a.txt", mediaType: "text/plain", text: "words" },
        ],
      },
    ];
    expect(encode({ messages }).messages[0]?.content).toEqual([
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
      { type: "text", text: '<file name="a.txt" type="text/plain">\nwords\n</file>' },
    ]);
    expect(() => encode({ messages }, { rules: rulesOf("ollama") })).toThrow(
      expect.objectContaining({ kind: "unsupported" }),
    );
  });

  test("pictures in results follow all results of the turn", () => {
    const data = { kind: "data", mediaType: "image/png", base64: "AA" } as const;
    const result = (
      callId: string,
      content: readonly ({ type: "image"; source: typeof data } | ReturnType<typeof text>)[],
    ) => ({ type: "tool-result", callId, isError: false, content }) as const;
    const messages: Message[] = [
      { role: "assistant", parts: [call("a"), call("b")] },
      { role: "tool", parts: [result("a", [{ type: "image", source: data }]), result("b", [text("done")])] },
      user("so?"),
    ];
    expect(encode({ messages }).messages.slice(1)).toEqual([
      { role: "tool", tool_call_id: "a", content: "[The picture follows.]" },
      { role: "tool", tool_call_id: "b", content: "done" },
      {
        role: "user",
        content: [
          { type: "text", text: "[The picture of the result a:]" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AA" } },
          { type: "text", text: "so?" },
        ],
      },
    ]);
  });
});

test.each([
  [{ baseUrl: "https://api.akashml.com/v1" }, "akashml"],
  [{ baseUrl: "https://openrouter.ai/api/v1", ownedBy: ["vllm"] }, "openrouter"],
  [{ baseUrl: "https://notopenrouter.ai/v1" }, "openai"],
  [{ baseUrl: "http://gpu:8000/v1", ownedBy: ["vllm"] }, "vllm"],
  [{ baseUrl: "http://gpu:8000/v1", ownedBy: ["sglang"] }, "sglang"],
  [{ baseUrl: "http://gpu:8080/v1", ownedBy: ["llamacpp"] }, "llamacpp"],
  [{ baseUrl: "http://gpu:11434/v1", ownedBy: ["library"] }, "ollama"],
  [{ baseUrl: "no address", ownedBy: ["somebody"] }, "openai"],
])("a server is recognised: %j", (hints, name) => {
  expect(recogniseServer(hints).name).toBe(name);
});

describe("sampling", () => {
  const all = {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    minP: 0.05,
    seed: 7,
    frequencyPenalty: 0.1,
    presencePenalty: 0.2,
    repetitionPenalty: 1.1,
  };
  const common = { temperature: 0.5, top_p: 0.9, seed: 7, frequency_penalty: 0.1, presence_penalty: 0.2 };

  test.each([
    ["openai", common],
    ["ollama", common],
    ["tgi", common],
    ["vllm", { ...common, top_k: 40, min_p: 0.05, repetition_penalty: 1.1 }],
    ["sglang", { ...common, top_k: 40, min_p: 0.05, repetition_penalty: 1.1 }],
    ["llamacpp", { ...common, top_k: 40, min_p: 0.05, repeat_penalty: 1.1 }],
    ["lmstudio", { ...common, top_k: 40, repeat_penalty: 1.1 }],
    ["openrouter", { ...common, top_k: 40, min_p: 0.05, repetition_penalty: 1.1 }],
    ["akashml", { ...common, top_k: 40, min_p: 0.05, repetition_penalty: 1.1 }],
  ])("%s gets what it takes, in its own words", (name, members) => {
    const {
      model: _model,
      messages: _messages,
      ...rest
    } = encode({ sampling: all }, { rules: rulesOf(name) });
    expect(rest).toEqual(members);
  });

  test("what the list says that the model does not take is left out", () => {
    const body = encode(
      { sampling: all },
      { rules: rulesOf("akashml"), samplingNames: new Set(["temperature", "top_k"]) },
    );
    expect(body).toMatchObject({ temperature: 0.5, top_k: 40 });
    expect(body).not.toHaveProperty("seed");
  });
});
