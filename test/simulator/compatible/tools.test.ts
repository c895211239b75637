import { describe, expect, it } from "vitest";

import { createToolPrompt } from "../../../src/shaping/tools/prompt/create-tool-prompt.ts";
import { leakedMarkup, type LeakedSyntax } from "../../../src/simulator/compatible/index.ts";
import { syntaxes, type Call } from "../../fixtures/tool-calls/syntaxes.ts";
import { askWeather, open, weather } from "./support.ts";

/** Which recorded family a markup of the simulator stands for. */
const families: readonly (readonly [LeakedSyntax, string])[] = [
  ["hermes", "hermes"],
  ["qwen-coder", "qwen3-coder"],
  ["glm", "glm-4.5"],
  ["kimi-k2", "kimi-k2"],
  ["mistral", "mistral"],
  ["llama", "llama-3-python-tag"],
  ["deepseek-v3.1", "deepseek-v3.1"],
  ["deepseek-dsml", "deepseek-v3.2"],
  ["harmony", "harmony"],
  ["minimax", "minimax"],
  ["gemma-4", "gemma-4"],
];

const calls = [
  { name: "get_weather", input: { city: "Paris", days: 2 } },
  { name: "get_weather", input: { city: "Oslo" } },
];

describe("markup that leaks", () => {
  it.each(families)("%s is written as the chat template %s has it", (leak, family) => {
    const syntax = syntaxes.find(({ id }) => id === family)!;
    expect(leakedMarkup[leak](calls)).toBe(syntax.render(calls));
  });

  it.each(Object.keys(leakedMarkup) as LeakedSyntax[])("%s stays in the content", async (leak) => {
    await using session = await open("vllm", { tools: "leaky", leak });
    const { client, model } = session;
    const answer = await client.chat.completions.create({ model, ...askWeather });
    expect(answer.choices[0]!.finish_reason).toBe("stop");
    expect(answer.choices[0]!.message.tool_calls).toBeUndefined();
    const call = { name: "get_weather", input: { city: "Paris" } };
    expect(answer.choices[0]!.message.content).toBe(leakedMarkup[leak]([call]));
  });

  it("may be any other", async () => {
    const react = syntaxes.find(({ id }) => id === "react")!;
    const render = (made: readonly Call[]): string => react.render(made);
    await using session = await open("sglang", { tools: "leaky", leak: render });
    const reply = await (await session.chat(askWeather)).text();
    expect(JSON.parse(reply)).toMatchObject({
      choices: [{ message: { content: render([{ name: "get_weather", input: { city: "Paris" } }]) } }],
    });
  });
});

describe("tools that are not there", () => {
  it.each([
    ["vllm", 400, "--enable-auto-tool-choice and --tool-call-parser"],
    ["ollama", 400, "registry.ollama.ai/library/qwen3:8b does not support tools"],
    ["openrouter", 404, "No endpoints found that support tool use"],
    ["llama.cpp", 500, "--jinja"],
    ["akashml", 400, "does not support tools"],
  ] as const)("%s says so", async (persona, status, text) => {
    await using session = await open(persona, { tools: "none-400" });
    const reply = await session.chat(askWeather);
    expect(reply.status).toBe(status);
    expect(await reply.text()).toContain(text);
    expect((await session.chat()).status).toBe(200);
  });

  it("are dropped without a word: the prompt counts the same", async () => {
    await using session = await open("llama.cpp", { tools: "dropped" });
    const ask = { model: session.model, messages: askWeather.messages, tool_choice: "required" } as const;
    const without = await session.client.chat.completions.create({ ...ask, tool_choice: "auto" });
    const withTools = await session.client.chat.completions.create({ ...ask, tools: [weather] });
    expect(withTools.choices).toEqual(without.choices);
    expect(withTools.usage).toEqual(without.usage);
    session.simulator.setModels([{ id: session.model, tools: "native" }]);
    const shown = await session.client.chat.completions.create({ ...ask, tools: [weather] });
    expect(shown.usage!.prompt_tokens).toBeGreaterThan(without.usage!.prompt_tokens);
  });

  it("can be taught in a prompt", async () => {
    const system = createToolPrompt(
      {
        tools: [
          {
            name: "get_weather",
            description: "Current weather in a city",
            parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
          },
        ],
        toolChoice: { kind: "auto" },
        parallelToolCalls: true,
      },
      "Llama",
    );
    await using session = await open("vllm", { tools: "none-400" });
    const messages = [{ role: "system" as const, content: system }, ...askWeather.messages];
    const answer = await session.client.chat.completions.create({ model: session.model, messages });
    expect(answer.choices[0]!.message.content).toContain('<tool_call>\n{"name":"get_weather"');
  });
});

describe("wishes about calls", () => {
  const named = { type: "function", function: { name: "get_weather" } } as const;

  it("vLLM keeps a named choice, and says stop", async () => {
    await using session = await open("vllm");
    const ask = { model: session.model, tools: [weather], tool_choice: named };
    const messages = [{ role: "user" as const, content: "Hello" }];
    const answer = await session.client.chat.completions.create({ ...ask, messages });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(answer.choices[0]!.message.tool_calls).toHaveLength(1);
  });

  it("Ollama ignores required, LM Studio refuses an object", async () => {
    await using ollama = await open("ollama");
    const required = { tools: [weather], tool_choice: "required" };
    expect(await (await ollama.chat(required)).text()).toContain('"1, 2, 3"');
    await using lmStudio = await open("lm-studio");
    const refused = await lmStudio.chat({ tools: [weather], tool_choice: named });
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: "Invalid tool_choice type: 'object'. Supported string values: none, auto, required" },
    ]);
  });

  it.each([
    ["vllm", 1],
    ["llama.cpp", 2],
    ["ollama", 2],
  ] as const)("%s with parallel calls switched off makes %i", async (persona, count) => {
    await using session = await open(persona);
    const answer = await session.client.chat.completions.create({
      model: session.model,
      tools: [weather],
      parallel_tool_calls: false,
      messages: [{ role: "user", content: "Compare the weather in Paris and Oslo" }],
    });
    expect(answer.choices[0]!.message.tool_calls).toHaveLength(count);
  });

  it("leaves out what none forbids", async () => {
    await using session = await open("vllm");
    const reply = await session.chat({ ...askWeather, tool_choice: "none" });
    expect(await reply.text()).not.toContain("tool_calls");
  });

  it("SGLang counts Kimi's calls over the whole conversation", async () => {
    await using session = await open("sglang");
    const { client, model } = session;
    const first = await client.chat.completions.create({ model, ...askWeather });
    const message = first.choices[0]!.message;
    const messages = [
      ...askWeather.messages,
      message,
      { role: "tool" as const, tool_call_id: message.tool_calls![0]!.id, content: "18 °C" },
      { role: "user" as const, content: "And the weather in Oslo?" },
    ];
    const second = await client.chat.completions.create({ model, messages, tools: [weather] });
    expect(message.tool_calls![0]!.id).toBe("functions.get_weather:0");
    expect(second.choices[0]!.message.tool_calls![0]!.id).toBe("functions.get_weather:1");
  });

  it("cuts a call at the limit", async () => {
    await using session = await open("llama.cpp");
    const answer = (await (await session.chat({ ...askWeather, max_tokens: 1 })).json()) as object;
    expect(answer).toMatchObject({
      choices: [
        { finish_reason: "length", message: { tool_calls: [{ function: { arguments: '{"city":' } }] } },
      ],
    });
  });
});
