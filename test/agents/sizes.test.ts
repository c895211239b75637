import { describe, expect, test } from "vitest";

import type { Size } from "../../src/cli/connect/client.ts";
import { promptSizes } from "../../src/cli/connect/prompt-sizes.ts";
import { countTokens } from "../../src/shaping/count-tokens.ts";
import type { ChatBody } from "../../src/simulator/index.ts";
import { startStack } from "../support/start-stack.ts";
import { launchAgent } from "./support/agent.ts";
import { agents } from "./support/all-agents.ts";
import { createTask } from "./support/create-task.ts";
import { startAgent } from "./support/run-agent.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

/** What the upstream reads of a request, in o200k tokens. */
function tokensOf({ system = "", messages }: ChatBody): number {
  const text = [system, ...messages.map(({ content }) => content)].join("\n");
  return countTokens(text, "gpt-oss");
}

/** Tokens of a first request, and of what else the agent asks besides. */
async function measure(
  [client, agent]: (typeof agents)[number],
  size: Size,
  detail: string,
): Promise<number> {
  await using stack = await startStack({ env: { TOOL_DETAIL: detail } });
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  await agent.prepare(task);
  // One for the answer, one for a title or whatever else it asks at once.
  for (const text of ["Hello.", "Hello."]) stack.simulator.enqueue({ text });
  const command = launchAgent(agent, { url: stack.url, size }, "Say hello.");
  await using running = startAgent(command, { ...task, proxy: proxy.url });
  const { code, stderr } = await running.result;
  expect(code, stderr).toBe(0);

  const { chats } = stack.simulator;
  const tokens = chats.reduce((sum, { body }) => sum + tokensOf(body as ChatBody), 0);
  console.log(`${client}, ${size}, tools ${detail}: ${tokens} tokens in ${chats.length} request(s)`);
  return tokens;
}

/** What is left of a prompt whose tools are told in short, at most; more where most of it is no tools. */
const shareInShort: Readonly<Record<string, number>> = { "gemini-cli": 0.85 };

describe.for(agents)("what launch says of %s", ([client, agent]) => {
  test.for<Size>(["default", "small", "full"])("is what it sends in %s size", async (size) => {
    const tokens = await measure([client, agent], size, "full");
    const said = promptSizes[client]?.[size] ?? 0;
    expect(tokens).toBeGreaterThan(said * 0.9);
    expect(tokens).toBeLessThan(said * 1.1);
  });

  test("is the most: the gateway tells dear tools in short", async () => {
    const said = promptSizes[client]?.full ?? 0;
    const tokens = await measure([client, agent], "full", "auto");
    // Agents with few tools cost what they cost.
    expect(tokens).toBeLessThan(said * (said > 5000 ? (shareInShort[client] ?? 0.8) : 1.1));
  });
});
