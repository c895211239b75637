/** `TOOL_DETAIL` and `x-tool-detail` over real sockets: what the model reads of the tools, in each API. */
import { describe, expect, test } from "vitest";

import { agentTools } from "../fixtures/tool-calls/agent-tools.ts";
import type { ChatBody } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const model = "Meta-Llama-3-3-70B-Instruct";
const routes = {
  "/v1/chat/completions": {
    model,
    messages: [{ role: "user", content: "Mend it." }],
    tools: agentTools.map((tool) => ({ type: "function", function: tool })),
  },
  "/v1/responses": {
    model,
    input: "Mend it.",
    tools: agentTools.map((tool) => ({ type: "function", ...tool })),
  },
  "/v1/messages": {
    model,
    max_tokens: 500,
    messages: [{ role: "user", content: "Mend it." }],
    tools: agentTools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
  },
} as const;
const paths = Object.keys(routes) as (keyof typeof routes)[];
const fullSize = 35_000;

/** The system prompts that the upstream was given, in order. */
function systems({ simulator }: Stack): string[] {
  return simulator.chats.map(({ body }) => (body as ChatBody).system ?? "");
}

/** What the model was told when it was asked once more. */
function repairOf({ simulator }: Stack): string {
  const body = simulator.chats[1]?.body as ChatBody | undefined;
  return body?.messages.at(-1)?.content ?? "";
}

const call = (name: string, args: unknown) =>
  `<tool_call>\n${JSON.stringify({ name, arguments: args })}\n</tool_call>`;

describe.each(paths)("%s", (path) => {
  const send = (stack: Stack, headers: Record<string, string> = {}, more: object = {}) =>
    post(stack.url + path, { ...routes[path], ...more }, headers);

  test("teaches in short by header, and by setting; the header wins", async () => {
    await using stack = await startStack({ env: { TOOL_DETAIL: "full" } });
    await send(stack);
    await send(stack, { "x-tool-detail": "short" });
    await using short = await startStack({ env: { TOOL_DETAIL: "short" } });
    await send(short);
    await send(short, { "x-tool-detail": "Full" });
    const lengths = [...systems(stack), ...systems(short)].map((text) => text.length > fullSize);
    expect(lengths).toEqual([true, false, false, true]);
  });

  test("by itself teaches in short where the tools are dear, in full where nothing is counted", async () => {
    await using counted = await startStack({ simulator: { tokenLimit: 25_000 } });
    await send(counted);
    await using free = await startStack({ simulator: { generation: "A" } });
    await send(free);
    await expect
      .poll(() => free.simulator.requests.some(({ path: at }) => at.includes("rate-limit")))
      .toBe(true);
    await expect
      .poll(async () => {
        await send(
          free,
          {},
          path === "/v1/responses"
            ? { input: "Other." }
            : { messages: [{ role: "user", content: "Other." }] },
        );
        return (systems(free).at(-1)?.length ?? 0) > fullSize;
      })
      .toBe(true);
    expect(systems(counted)[0]?.length).toBeLessThan(12_000);
  });

  test("a call that misses the schema is asked for again with the whole tool, which then stays whole", async () => {
    await using stack = await startStack({ env: { TOOL_DETAIL: "short" } });
    stack.simulator.enqueue({ text: call("Read", { offset: 1 }) });
    stack.simulator.enqueue({ text: call("Read", { file_path: "/a" }) });
    const answer = await send(stack);
    expect(answer.text).toMatch(/"(input|arguments)":"?\{\\?"file_path\\?":\\?"\/a\\?"\}/);
    const repair = repairOf(stack);
    const paragraph =
      agentTools
        .find(({ name }) => name === "Read")
        ?.description.split("\n")
        .at(-1) ?? "";
    expect(repair).toContain("All that is known of this tool:\n## Read {");
    expect(repair).toContain(paragraph.trim());
    await send(stack);
    expect(systems(stack)[1]).not.toContain(paragraph.trim());
    expect(systems(stack)[2]).toContain(paragraph.trim());
    expect(systems(stack)[2]?.length).toBeLessThan(fullSize / 2);
  });

  test("a wrong wish is refused by its name", async () => {
    await using stack = await startStack();
    const reply = await send(stack, { "x-tool-detail": "tiny" });
    expect(reply.status).toBe(400);
    expect(reply.json().error.message).toContain("'x-tool-detail' must be auto or full or short, not 'tiny'");
    expect(stack.simulator.chats).toHaveLength(0);
  });
});

test("both counts of tokens follow the detail", async () => {
  await using stack = await startStack();
  for (const [path, body] of [
    ["/v1/messages/count_tokens", routes["/v1/messages"]],
    ["/v1/responses/input_tokens", routes["/v1/responses"]],
  ] as const) {
    const counts = await Promise.all(
      ["full", "short"].map(async (detail) =>
        (await post(stack.url + path, body, { "x-tool-detail": detail })).json(),
      ),
    );
    expect(counts[0].input_tokens).toBeGreaterThan(8500);
    expect(counts[1].input_tokens).toBeLessThan(2500);
  }
});

test("a custom tool keeps its grammar", async () => {
  await using stack = await startStack({ env: { TOOL_DETAIL: "short" } });
  const format = {
    type: "grammar",
    syntax: "lark",
    definition: 'start: begin_patch\nbegin_patch: "*** Begin"',
  };
  const patch = { name: "apply_patch", description: "Edits files. This is a FREEFORM tool.", format };
  await post(`${stack.url}/v1/responses`, { model, input: "Hi", tools: [{ type: "custom", ...patch }] });
  const { format: grammar, ...custom } = patch;
  await post(`${stack.url}/v1/chat/completions`, {
    model,
    messages: [{ role: "user", content: "Hi" }],
    tools: [{ type: "custom", custom: { ...custom, format: { type: "grammar", grammar } } }],
  });
  for (const text of systems(stack)) {
    expect(text).toContain("This is a FREEFORM tool.");
    expect(text).toContain("begin_patch: ");
  }
});
