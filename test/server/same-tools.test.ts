/** The same tools in each turn, over real sockets, in each API: what is remembered of them changes nothing that anybody sees. */
import { expect, test } from "vitest";

import { agentTools } from "../fixtures/tool-calls/agent-tools.ts";
import type { ChatBody } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { startStack } from "../support/start-stack.ts";

const model = "Meta-Llama-3-3-70B-Instruct";
type Tools = readonly (typeof agentTools)[number][];
const routes: Readonly<Record<string, (tools: Tools) => object>> = {
  "/v1/chat/completions": (tools) => ({
    model,
    messages: [{ role: "user", content: "Mend it." }],
    tools: tools.map((tool) => ({ type: "function", function: tool })),
  }),
  "/v1/responses": (tools) => ({
    model,
    input: "Mend it.",
    tools: tools.map((tool) => ({ type: "function", ...tool })),
  }),
  "/v1/messages": (tools) => ({
    model,
    max_tokens: 500,
    messages: [{ role: "user", content: "Mend it." }],
    tools: tools.map(({ parameters, ...tool }) => ({ ...tool, input_schema: parameters })),
  }),
};

const [first, ...rest] = agentTools;
const lists: readonly Tools[] = [
  agentTools,
  [...rest, ...(first === undefined ? [] : [first])],
  agentTools.map((tool, at) => (at === 23 ? { ...tool, description: "Another one." } : tool)),
  rest,
];

const systemOf = (body: unknown) => (body as ChatBody).system ?? "";

test.each(Object.entries(routes))("%s", async (path, bodyOf) => {
  const fresh: string[] = [];
  for (const tools of lists) {
    await using stack = await startStack();
    await post(stack.url + path, bodyOf(tools));
    fresh.push(...stack.simulator.chats.map(({ body }) => systemOf(body)));
  }
  expect(new Set(fresh).size).toBe(lists.length);

  await using stack = await startStack();
  // Each comes often enough to be known by its text, between others that look like it.
  for (let round = 0; round < 4; round += 1)
    for (const tools of lists) expect((await post(stack.url + path, bodyOf(tools))).status).toBe(200);
  expect(stack.simulator.chats.map(({ body }) => systemOf(body))).toEqual([
    ...fresh,
    ...fresh,
    ...fresh,
    ...fresh,
  ]);
});
