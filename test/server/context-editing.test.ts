/** Context editing of the Messages API over real sockets, judged by the official SDK. */
import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";

import type { ChatBody } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

type Create = Anthropic.Beta.MessageCreateParamsNonStreaming;
type Edits = NonNullable<NonNullable<Create["context_management"]>["edits"]>;

const uses = { type: "clear_tool_uses_20250919" } as const;
const edits: Edits = [
  { type: "clear_thinking_20251015", keep: { type: "thinking_turns", value: 1 } },
  { ...uses, trigger: { type: "input_tokens", value: 500 }, keep: { type: "tool_uses", value: 1 } },
];

/** A use with its result of some 200 tokens. */
function use(id: string): Create["messages"] {
  return [
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: `Thought ${id}.`, signature: "s" },
        { type: "tool_use", id, name: "Read", input: { file_path: `/${id}` } },
      ],
    },
    {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: id, content: `text of ${id} `.repeat(50) }],
    },
  ];
}

function talk(...wished: Edits): Create {
  return {
    model: "DeepSeek-V3.2",
    max_tokens: 500,
    tools: [
      { name: "Read", input_schema: { type: "object", properties: { file_path: { type: "string" } } } },
    ],
    messages: [{ role: "user", content: "Mend it." }, ...use("a"), ...use("b"), ...use("c")],
    context_management: { edits: wished },
  };
}

const clientOf = ({ url }: Stack) => new Anthropic({ apiKey: "any", baseURL: url, maxRetries: 0 });

/** What the model read last. */
function prompt({ simulator }: Stack): string {
  const body = simulator.chats.at(-1)?.body as ChatBody | undefined;
  return (body?.messages ?? []).map(({ content }) => content).join("\n");
}

const applied = [
  { type: "clear_thinking_20251015", cleared_thinking_turns: 2, cleared_input_tokens: 0 },
  { type: "clear_tool_uses_20250919", cleared_tool_uses: 2, cleared_input_tokens: expect.any(Number) },
];

describe.each([false, true])("streaming: %s", (stream) => {
  async function ask(stack: Stack, body: Create): Promise<Anthropic.Beta.BetaMessage> {
    const { messages } = clientOf(stack).beta;
    return stream ? messages.stream(body).finalMessage() : messages.create(body);
  }

  test("edits are applied and told", async () => {
    await using stack = await startStack();
    const { context_management: told, usage } = await ask(stack, talk(...edits));
    expect(told).toEqual({ applied_edits: applied });
    expect(told?.applied_edits[1]?.cleared_input_tokens).toBeGreaterThan(200);
    expect(usage.input_tokens).toBeLessThan(600);
    expect(prompt(stack)).not.toMatch(/text of [ab]/);
    expect(prompt(stack)).toContain("text of c");
    expect(prompt(stack).match(/This result was cleared/g)).toHaveLength(2);
    expect(prompt(stack)).toContain("/a");
  });

  test("edits that change nothing are not told", async () => {
    await using stack = await startStack();
    const { context_management: told } = await ask(stack, talk(uses));
    expect(told).toEqual({ applied_edits: [] });
    expect(prompt(stack)).toContain("text of a");
  });

  test("without a wish nothing is said", async () => {
    await using stack = await startStack();
    const { context_management: _, ...body } = talk();
    const { text } = await post(`${stack.url}/v1/messages`, { ...body, stream });
    expect(text).not.toContain("context_management");
  });

  test("a wrong edit is refused by its name", async () => {
    await using stack = await startStack();
    const keep = { type: "tool_uses", value: -1 };
    const { status, ...reply } = await post(`${stack.url}/v1/messages`, {
      ...talk({ ...uses, keep } as Edits[0]),
      stream,
    });
    expect(status).toBe(400);
    expect(reply.json().error.message).toContain("context_management.edits.0.keep.value: ");
    expect(stack.simulator.chats).toHaveLength(0);
  });
});

test("tokens are counted before and after", async () => {
  await using stack = await startStack();
  const { messages } = clientOf(stack).beta;
  const { max_tokens: _, context_management: __, ...bare } = talk();
  const before = await messages.countTokens(bare);
  expect(before).toEqual({ input_tokens: expect.any(Number) });
  const count = await messages.countTokens({ ...bare, context_management: { edits } });
  expect(count.context_management).toEqual({ original_input_tokens: before.input_tokens });
  expect(count.input_tokens).toBeLessThan(before.input_tokens - 200);
  const same = await messages.countTokens({ ...bare, context_management: { edits: [uses] } });
  expect(same).toEqual({
    input_tokens: before.input_tokens,
    context_management: { original_input_tokens: before.input_tokens },
  });
});
