import { describe, expect, test } from "vitest";

import { findTarget } from "../../src/cli/connect/find-target.ts";
import { readConfig } from "../../src/config.ts";
import { startStack } from "../support/start-stack.ts";
import {
  claudeCode,
  claudeCodeInJson,
  codex,
  codexInCodeMode,
  codexWithPatch,
  opencode,
  type Agent,
} from "./support/agents.ts";
import { bug, createTask } from "./support/create-task.ts";
import { markup, type Syntax } from "./support/render-call.ts";
import { startAgent, type AgentRun } from "./support/run-agent.ts";
import { conversation, lastMessages, report, scriptTask, thought } from "./support/script-task.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const prompt = "The test in sum.test.js fails. Look at it, mend sum.js, run the test again and report.";

async function completeTask(agent: Agent, syntax: Syntax, model: string): Promise<AgentRun> {
  await using stack = await startStack({ env: { MODEL_ALIASES: "gpt-*=DeepSeek-V3.2" } });
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  const target = await findTarget(readConfig({}), { url: stack.url, model });
  const turns = agent.turns(task);
  scriptTask(stack.simulator, turns, syntax);
  await agent.prepare(task);
  expect(await task.passes()).toBe(false);

  await using running = startAgent(await agent.command(target, task, prompt), { ...task, proxy: proxy.url });
  const { code, stdout, stderr } = await running.result;
  const output = `${stdout}\n${stderr}`;

  expect(code, output).toBe(0);
  expect(stdout).toContain(report);
  expect(output).not.toMatch(markup);
  expect(await task.readSource(), output).toContain(bug.right);
  expect(await task.passes()).toBe(true);
  expect(conversation(stack.simulator)).toHaveLength(turns.length + 1);
  // The results of the calls went up: the source, the failing test, the passing one.
  const messages = lastMessages(stack.simulator);
  expect(messages).toContain("export function sum(a, b)");
  expect(messages).toMatch(/fail 1[^]*pass 1/);
  expect(proxy.attempts).toEqual([]);
  return { code, stdout, stderr };
}

describe("Claude Code mends a failing test", () => {
  test.for<Syntax>(["hermes", "qwen3-coder", "deepseek-v3.2", "kimi-k2", "invoke"])(
    "when the model writes its calls as %s",
    async (syntax) => {
      const { stdout } = await completeTask(claudeCode, syntax, "DeepSeek-V3.2");
      expect(stdout).toBe(`${report}\n`);
    },
  );

  test("and gets thinking, words and calls as blocks of their own", async () => {
    const { stdout } = await completeTask(claudeCodeInJson, "glm-4.5", "DeepSeek-V3.2");
    const lines = stdout.trim().split("\n");
    const types = lines.flatMap((line) => {
      const { message } = JSON.parse(line) as { message?: { role: string; content: { type: string }[] } };
      return message?.role === "assistant" ? message.content.map(({ type }) => type) : [];
    });
    const turn = ["thinking", "text", "tool_use"];
    expect(types).toEqual([...turn, "tool_use", ...turn, ...turn, ...turn, "thinking", "text"]);
    expect(stdout).toContain(`"thinking":"${thought}`);
  });
});

describe("Codex mends a failing test", () => {
  test.for<[Syntax, string, Agent, string]>([
    ["hermes", "exec_command", codex, "DeepSeek-V3.2"],
    ["qwen3-coder", "exec_command", codex, "DeepSeek-V3.2"],
    ["kimi-k2", "exec_command", codex, "DeepSeek-V3.2"],
    ["deepseek-v3.2", "its custom tool apply_patch", codexWithPatch, "gpt-5.5"],
    ["deepseek-v3.1", "its custom tool apply_patch", codexWithPatch, "gpt-5.5"],
    ["glm-4.5", "scripts, in a namespace", codexInCodeMode, "gpt-6-astra"],
    ["invoke", "scripts, in a namespace", codexInCodeMode, "gpt-6-astra"],
  ])("when the model writes its calls as %s, with %s", async ([syntax, , agent, model]) => {
    const { stdout, stderr } = await completeTask(agent, syntax, model);
    expect(stdout).toBe(`${report}\n`);
    expect(stderr).toContain(thought);
  });
});

describe("opencode mends a failing test", () => {
  test.for<Syntax>(["hermes", "qwen3-coder", "glm-4.5", "deepseek-v3.1", "invoke"])(
    "when the model writes its calls as %s",
    async (syntax) => {
      const { stdout, stderr } = await completeTask(opencode, syntax, "DeepSeek-V3.2");
      expect(stdout + stderr).toContain(`Thinking: ${thought}`);
    },
  );
});
