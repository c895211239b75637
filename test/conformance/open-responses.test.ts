/**
 * The Open Responses compliance cases (openresponses.org), written here from the public specification: the
 * objects and events are checked against schemas of its resource definitions, strictly.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { checkEvents } from "../dialects/openai-responses/check-events.ts";
import { parseFrames } from "../dialects/openai-responses/parse-frames.ts";
import { post } from "../support/post.ts";
import { type Stack, startStack } from "../support/start-stack.ts";

const status = z.enum(["in_progress", "completed", "incomplete"]);
const count = z.int().min(0);

const outputText = z.strictObject({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(z.never()),
  logprobs: z.array(z.never()),
});
const summaryText = z.strictObject({ type: z.literal("summary_text"), text: z.string() });

const item = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("message"),
    id: z.string(),
    status,
    role: z.literal("assistant"),
    content: z.array(outputText),
  }),
  z.strictObject({
    type: z.literal("function_call"),
    id: z.string(),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
    status,
  }),
  z.strictObject({
    type: z.literal("reasoning"),
    id: z.string(),
    summary: z.array(summaryText),
  }),
]);

const functionTool = z.object({
  type: z.literal("function"),
  name: z.string(),
  description: z.string().nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  strict: z.boolean().nullable(),
});

const response = z.object({
  id: z.string(),
  object: z.literal("response"),
  created_at: z.int(),
  completed_at: z.int().nullable(),
  status: z.enum(["queued", "in_progress", "completed", "incomplete", "failed", "cancelled"]),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  previous_response_id: z.string().nullable(),
  instructions: z.string().nullable(),
  output: z.array(item),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  tools: z.array(functionTool),
  tool_choice: z.union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string() })]),
  truncation: z.enum(["auto", "disabled"]),
  parallel_tool_calls: z.boolean(),
  text: z.object({ format: z.looseObject({ type: z.string() }), verbosity: z.string().optional() }),
  top_p: z.number(),
  presence_penalty: z.number(),
  frequency_penalty: z.number(),
  top_logprobs: count,
  temperature: z.number(),
  reasoning: z.object({ effort: z.string().nullable(), summary: z.string().nullable() }).nullable(),
  usage: z
    .object({
      input_tokens: count,
      output_tokens: count,
      total_tokens: count,
      input_tokens_details: z.object({ cached_tokens: count }),
      output_tokens_details: z.object({ reasoning_tokens: count }),
    })
    .nullable(),
  max_output_tokens: count.nullable(),
  max_tool_calls: count.nullable(),
  store: z.boolean(),
  background: z.boolean(),
  service_tier: z.string(),
  metadata: z.record(z.string(), z.string()),
  safety_identifier: z.string().nullable(),
  prompt_cache_key: z.string().nullable(),
});

function lifecycle<T extends string>(type: T) {
  return z.strictObject({ type: z.literal(`response.${type}`), sequence_number: count, response });
}
function itemEvent<T extends string>(type: T) {
  return z.strictObject({
    type: z.literal(`response.output_item.${type}`),
    sequence_number: count,
    output_index: count,
    item,
  });
}
const place = { sequence_number: count, item_id: z.string(), output_index: count };
const inContent = { ...place, content_index: count };
const inSummary = { ...place, summary_index: count };
const logprobs = z.array(z.never());

const event = z.discriminatedUnion("type", [
  lifecycle("created"),
  lifecycle("queued"),
  lifecycle("in_progress"),
  lifecycle("completed"),
  lifecycle("incomplete"),
  lifecycle("failed"),
  itemEvent("added"),
  itemEvent("done"),
  z.strictObject({
    type: z.literal("response.content_part.added"),
    ...inContent,
    part: outputText,
  }),
  z.strictObject({
    type: z.literal("response.content_part.done"),
    ...inContent,
    part: outputText,
  }),
  z.strictObject({
    type: z.literal("response.output_text.delta"),
    ...inContent,
    delta: z.string(),
    logprobs,
  }),
  z.strictObject({ type: z.literal("response.output_text.done"), ...inContent, text: z.string(), logprobs }),
  z.strictObject({
    type: z.literal("response.reasoning_summary_part.added"),
    ...inSummary,
    part: summaryText,
  }),
  z.strictObject({
    type: z.literal("response.reasoning_summary_part.done"),
    ...inSummary,
    part: summaryText,
  }),
  z.strictObject({
    type: z.literal("response.reasoning_summary_text.delta"),
    ...inSummary,
    delta: z.string(),
  }),
  z.strictObject({ type: z.literal("response.reasoning_summary_text.done"), ...inSummary, text: z.string() }),
  z.strictObject({ type: z.literal("response.function_call_arguments.delta"), ...place, delta: z.string() }),
  z.strictObject({
    type: z.literal("response.function_call_arguments.done"),
    ...place,
    name: z.string(),
    arguments: z.string(),
  }),
]);

type Response = z.output<typeof response>;

/** A model that answers with text and has eyes, according to the gateway's settings. */
const model = "DeepSeek-V3.2";
const tools = [
  {
    type: "function",
    name: "get_weather",
    description: "Get the current weather for a location",
    parameters: {
      type: "object",
      properties: { location: { type: "string", description: "The city and state, e.g. San Francisco, CA" } },
      required: ["location"],
    },
  },
];
const weatherCall =
  '<tool_call>\n{"name":"get_weather","arguments":{"location":"San Francisco, CA"}}\n</tool_call>';
/** A red dot. */
const image =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { VISION_MODELS: "*" } });
});
afterAll(() => stack.close());

async function whole(body: Record<string, unknown>): Promise<Response> {
  const reply = await post(`${stack.url}/v1/responses`, { model, ...body });
  expect(reply.status, reply.text).toBe(200);
  return response.parse(reply.json());
}

async function streamed(body: Record<string, unknown>) {
  const reply = await post(`${stack.url}/v1/responses`, { model, stream: true, ...body });
  expect(reply.status, reply.text).toBe(200);
  const wire = parseFrames(reply.text);
  checkEvents(wire);
  const events = z.array(event).parse(wire);
  const last = events.at(-1);
  if (last === undefined || !("response" in last)) throw new Error("The stream has no final response.");
  return { events, types: events.map(({ type }) => type), final: last.response };
}

function user(content: unknown) {
  return { type: "message", role: "user", content };
}

/** What the upstream was asked last. */
function lastPrompt(): string {
  return JSON.stringify(stack.simulator.chats.at(-1)?.body);
}

describe("Open Responses", () => {
  test("basic text response", async () => {
    stack.simulator.enqueue({ text: "Hello to you." });
    const result = await whole({ input: [user("Say hello in exactly 3 words.")] });
    expect(result.status).toBe("completed");
    expect(result.output).toMatchObject([{ type: "message", content: [{ text: "Hello to you." }] }]);
    expect(result.usage?.total_tokens).toBeGreaterThan(0);
  });

  test("streaming response", async () => {
    stack.simulator.enqueue({ text: "1, 2, 3, 4, 5" });
    const { types, final } = await streamed({ input: [user("Count from 1 to 5.")] });
    expect(types.slice(0, 4)).toEqual([
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
    ]);
    expect(types.at(-1)).toBe("response.completed");
    expect(final.output).toMatchObject([{ content: [{ text: "1, 2, 3, 4, 5" }] }]);
  });

  test("system prompt", async () => {
    stack.simulator.enqueue({ text: "Ahoy!" });
    const pirate = "You are a pirate. Always respond in pirate speak.";
    const result = await whole({
      input: [{ type: "message", role: "system", content: pirate }, user("Say hello.")],
    });
    expect(result.status).toBe("completed");
    expect(lastPrompt()).toContain(pirate);
  });

  test("tool calling", async () => {
    stack.simulator.enqueue({ text: weatherCall });
    const result = await whole({ input: [user("What's the weather like in San Francisco?")], tools });
    expect(result.output).toMatchObject([
      { type: "function_call", name: "get_weather", status: "completed" },
    ]);
    const [call] = result.output;
    if (call?.type !== "function_call") throw new Error("no call");
    expect(JSON.parse(call.arguments)).toEqual({ location: "San Francisco, CA" });
  });

  test("tool calling, streaming", async () => {
    stack.simulator.enqueue({ text: weatherCall });
    const { types, final } = await streamed({
      input: [user("What's the weather like in San Francisco?")],
      tools,
    });
    expect(types).toContain("response.output_item.added");
    expect(types).toContain("response.function_call_arguments.delta");
    expect(types).toContain("response.function_call_arguments.done");
    expect(final.output).toMatchObject([{ type: "function_call", name: "get_weather" }]);
  });

  test("a tool's result comes back", async () => {
    stack.simulator.enqueue({ text: "It is foggy." });
    const result = await whole({
      input: [
        user("What's the weather like in San Francisco?"),
        {
          type: "function_call",
          call_id: "call_1",
          name: "get_weather",
          arguments: '{"location":"San Francisco, CA"}',
        },
        { type: "function_call_output", call_id: "call_1", output: "fog at 12 degrees" },
      ],
      tools,
    });
    expect(result.status).toBe("completed");
    expect(lastPrompt()).toContain("fog at 12 degrees");
  });

  test("image input", async () => {
    stack.simulator.enqueue({ text: "A red dot." });
    const content = [
      { type: "input_text", text: "What do you see in this image? Answer in one sentence." },
      { type: "input_image", image_url: image },
    ];
    const result = await whole({ input: [user(content)] });
    expect(result.status).toBe("completed");
    expect(lastPrompt()).toContain("data:image/");
  });

  test("multi-turn conversation", async () => {
    stack.simulator.enqueue({ text: "Your name is Alice." });
    const result = await whole({
      input: [
        user("My name is Alice."),
        {
          type: "message",
          role: "assistant",
          content: "Hello Alice! Nice to meet you. How can I help you today?",
        },
        user("What is my name?"),
      ],
    });
    expect(result.output).toMatchObject([{ content: [{ text: "Your name is Alice." }] }]);
    expect(lastPrompt()).toContain("Hello Alice! Nice to meet you.");
  });

  test("reasoning", async () => {
    stack.simulator.enqueue({ reasoning: "Let me think.", text: "Done." });
    const { types, final } = await streamed({ input: "Think." });
    expect(types).toContain("response.reasoning_summary_text.delta");
    expect(final.output).toMatchObject([
      { type: "reasoning", summary: [{ text: expect.stringContaining("Let me think.") }] },
      { type: "message" },
    ]);
  });

  test("the output limit makes a response incomplete", async () => {
    stack.simulator.enqueue({ text: "word ".repeat(200) });
    const { final } = await streamed({ input: "Talk.", max_output_tokens: 16 });
    expect(final).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ status: "incomplete" }],
    });
  });

  test("an upstream that breaks off makes a response fail", async () => {
    stack.simulator.enqueue({ text: ["one ", "two ", "three"], error: { kind: "cut", afterDeltas: 2 } });
    const { final } = await streamed({ input: "Talk." });
    expect(final.status).toBe("failed");
    expect(final.error?.code).toBe("server_error");
  });
});
