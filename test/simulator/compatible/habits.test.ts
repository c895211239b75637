import { describe, expect, it } from "vitest";

import type { PersonaName } from "../../../src/simulator/compatible/index.ts";
import { open } from "./support.ts";

const models = [{ id: "thinker", reasoning: true, contextLength: 4096 }];
const thought = /^The user writes: "Count to 3"/;

describe("thinking", () => {
  it.each<[PersonaName, string]>([
    ["vllm", "reasoning"],
    ["sglang", "reasoning_content"],
    ["llama.cpp", "reasoning_content"],
    ["ollama", "reasoning"],
    ["lm-studio", "reasoning"],
    ["openrouter", "reasoning"],
    ["akashml", "reasoning_content"],
  ])("%s has it in %s, whole and streamed", async (persona, field) => {
    await using session = await open(persona, { models });
    expect(await (await session.chat()).json()).toMatchObject({
      choices: [{ message: { content: "1, 2, 3", [field]: expect.stringMatching(thought) as unknown } }],
    });
    expect(await (await session.chat({ stream: true })).text()).toContain(`"${field}":"The"`);
  });

  it.each<[PersonaName, object]>([
    ["vllm", { chat_template_kwargs: { enable_thinking: false } }],
    ["vllm", { reasoning_effort: "none" }],
    ["vllm", { include_reasoning: false }],
    ["sglang", { reasoning_effort: "none" }],
    ["llama.cpp", { chat_template_kwargs: { enable_thinking: false } }],
    ["ollama", { reasoning_effort: "none" }],
    ["openrouter", { reasoning: { effort: "none" } }],
    ["openrouter", { reasoning: { exclude: true } }],
    ["akashml", { reasoning: { enabled: false } }],
  ])("%s shows none with %j", async (persona, wish) => {
    await using session = await open(persona, { models });
    const reply = await (await session.chat(wish)).text();
    expect(reply).toContain("1, 2, 3");
    expect(reply).not.toContain("The user writes");
  });

  it.each<[PersonaName, object]>([
    ["sglang", { separate_reasoning: false }],
    ["llama.cpp", { reasoning_format: "none" }],
    ["tgi", {}],
  ])("%s leaves it in the content with %j", async (persona, wish) => {
    await using session = await open(persona, { models });
    expect(await (await session.chat(wish)).json()).toMatchObject({
      choices: [
        { message: { content: expect.stringMatching(/^<think>\n[^]*\n<\/think>\n\n1, 2, 3$/) as unknown } },
      ],
    });
  });
});

describe("what is refused", () => {
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
  const shown = [{ role: "user", content: [image, { type: "text", text: "What is it?" }] }];
  const instructed = [
    { role: "developer", content: "Be short." },
    { role: "user", content: "Count to 3" },
  ];

  it.each<[PersonaName, object, number, string]>([
    ["vllm", { stream_options: { include_usage: true } }, 400, "Stream options can only be defined when"],
    ["vllm", { tools: [] }, 400, "must not be an empty array"],
    ["vllm", { messages: instructed }, 400, "Unexpected message role."],
    ["vllm", { max_tokens: 4096 }, 400, "'max_tokens' or 'max_completion_tokens' is too large: 4096"],
    ["vllm", { messages: shown }, 400, "is not a multimodal model"],
    ["sglang", { max_tokens: 4096 }, 400, "max_completion_tokens is too large: 4096"],
    ["sglang", { response_format: { type: "json_schema" } }, 400, "schema is required"],
    ["llama.cpp", { n: 2 }, 400, "Field 'n': Value must be between 1 <= value <= 1, but got 2"],
    ["llama.cpp", { messages: shown }, 500, "you may need to provide the mmproj"],
    ["lm-studio", { response_format: { type: "json_object" } }, 400, "must be 'json_schema' or 'text'"],
    [
      "tgi",
      { max_tokens: 4096 },
      422,
      "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3 `inputs`",
    ],
    ["openrouter", { max_tokens: 4096 }, 400, "maximum context length is 4096 tokens"],
    ["akashml", { messages: "x" }, 400, "not valid JSON"],
  ])("%s refuses %j", async (persona, wish, status, text) => {
    await using session = await open(persona, { models });
    const reply = await session.chat(wish);
    expect(reply.status).toBe(status);
    expect(await reply.text()).toContain(text);
  });

  it("Ollama refuses thinking of a model that has none, and images of the web", async () => {
    await using session = await open("ollama", { models: [{ id: "m", images: true }] });
    const thinking = await session.chat({ reasoning_effort: "high" });
    expect(thinking.status).toBe(400);
    expect(await thinking.text()).toContain('\\"m\\" does not support thinking');
    expect((await session.chat({ messages: shown })).status).toBe(200);
    const remote = JSON.stringify(shown).replace("data:image/png;base64,AA==", "http://x/y.png");
    expect((await session.chat({ messages: JSON.parse(remote) as unknown })).status).toBe(400);
  });
});

/** How many answers come when two are asked for. */
async function countAnswers(persona: PersonaName): Promise<number> {
  await using session = await open(persona, { models });
  const answer = await session.client.chat.completions.create({
    model: session.model,
    messages: [{ role: "user", content: "Count to 3" }],
    n: 2,
  });
  return answer.choices.length;
}

describe("what is ignored or kept", () => {
  it("several answers come from vLLM, one from Ollama", async () => {
    expect(await countAnswers("vllm")).toBe(2);
    expect(await countAnswers("ollama")).toBe(1);
  });

  it("llama.cpp drops a role that it does not know", async () => {
    await using session = await open("llama.cpp");
    const messages = [
      { role: "developer", content: "Answer with one JSON object." },
      { role: "user", content: "Count to 3" },
    ];
    expect(await (await session.chat({ messages })).text()).toContain('"1, 2, 3"');
  });

  it("Ollama knows max_tokens alone", async () => {
    await using session = await open("ollama", { models: [{ id: "m" }] });
    expect(await (await session.chat({ max_completion_tokens: 1 })).text()).toContain('"1, 2, 3"');
    expect(await (await session.chat({ max_tokens: 1 })).text()).toContain('"length"');
  });

  it("Ollama cuts the oldest messages without a word", async () => {
    await using session = await open("ollama", { models: [{ id: "m", contextLength: 100 }] });
    const messages = [
      { role: "system", content: "Be short." },
      { role: "user", content: `My name is Eva. ${"x".repeat(1000)}` },
      { role: "assistant", content: "Hello." },
      { role: "user", content: "What is my name?" },
    ];
    const answer = (await (await session.chat({ messages })).json()) as { usage: { prompt_tokens: number } };
    expect(answer).toMatchObject({
      choices: [{ message: { content: "You have not told me your name yet." } }],
    });
    expect(answer.usage.prompt_tokens).toBeLessThan(20);
  });

  it("OpenRouter comments before it answers, and always tells usage", async () => {
    await using session = await open("openrouter", { models });
    const reply = await (await session.chat({ stream: true })).text();
    expect(reply).toMatch(/^: OPENROUTER PROCESSING\n\ndata: /);
    expect(reply).toContain('"cost":');
  });

  it("AkashML gives each answer an Inference-Id", async () => {
    await using session = await open("akashml");
    expect((await session.chat()).headers.get("inference-id")).toBe("inf-1");
    expect((await session.chat({ stream: true })).headers.get("inference-id")).toBe("inf-2");
  });

  it("usage comes in a stream where it is asked for", async () => {
    await using session = await open("vllm");
    expect(await (await session.chat({ stream: true })).text()).not.toContain("usage");
  });
});
