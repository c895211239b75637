/** The agents over servers with OpenAI's API, and over the web chat until its allowance is used up. */
import { describe, expect, test } from "vitest";

import { launchAgent, type Agent } from "./support/agent.ts";
import { claudeCode, codex, opencode } from "./support/agents.ts";
import { rowsFor } from "./support/all-agents.ts";
import { bug, createTask } from "./support/create-task.ts";
import { markup } from "./support/render-call.ts";
import { startAgent } from "./support/run-agent.ts";
import { report } from "./support/script-task.ts";
import {
  model,
  startTaskUpstreams,
  type ServerKind,
  type TaskUpstreams,
} from "./support/script-upstreams.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const prompt = "The test in sum.test.js fails. Look at it, mend sum.js, run the test again and report.";
const agents: readonly (readonly [string, Agent])[] = [claudeCode, codex, opencode].map((agent) => [
  agent.client,
  agent,
]);

/** Has an agent mend the failing test, and checks that it did and that its user saw no markup. */
async function mend(agent: Agent, upstreams: TaskUpstreams): Promise<void> {
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  upstreams.task.turns = agent.turns(task, "default");
  await agent.prepare(task);
  const command = launchAgent(agent, { url: upstreams.url, model }, prompt);
  await using running = startAgent(command, { ...task, proxy: proxy.url });
  const { code, stdout, stderr } = await running.result;
  const output = `${stdout}\n${stderr}`;
  expect(code, output).toBe(0);
  expect(stdout).toContain(report);
  expect(output).not.toMatch(markup);
  expect(await task.readSource(), output).toContain(bug.right);
  expect(await task.passes()).toBe(true);
}

const kinds: Readonly<Record<string, ServerKind>> = {
  "a server with native tools": { persona: "akashml" },
  "a server with Kimi's ids of calls": { persona: "sglang" },
  "a server without a parser": { persona: "vllm", tools: "none-400", family: "hermes" },
  "a server whose parser leaks": { persona: "vllm", tools: "leaky", family: "qwen-coder" },
};

describe.for(agents)("%s mends a failing test", ([client, agent]) => {
  test.for(rowsFor(client, Object.entries(kinds)))("over %s", async ([, kind]) => {
    await using upstreams = await startTaskUpstreams(kind);
    await mend(agent, upstreams);
    const last = JSON.stringify(upstreams.server.chats.at(-1)?.body);
    expect(last).toContain("export function sum(a, b)");
    expect(last).toMatch(/fail 1[^]*pass 1/);
  });

  test("over the web chat, and when its allowance is used up over another server", async () => {
    await using upstreams = await startTaskUpstreams({ persona: "akashml" }, 3000);
    await mend(agent, upstreams);
    const { web, server } = upstreams;
    expect(web?.chats.length).toBeGreaterThan(0);
    expect(server.chats.length).toBeGreaterThan(1);
    expect(JSON.stringify(server.chats.at(-1)?.body)).toMatch(/fail 1[^]*pass 1/);
  });
});
