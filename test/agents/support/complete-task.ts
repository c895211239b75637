import { expect } from "vitest";

import type { Size } from "../../../src/cli/connect/client.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";
import { launchAgent, type Agent } from "./agent.ts";
import { bug, createTask } from "./create-task.ts";
import { markup, type Syntax } from "./render-call.ts";
import { startAgent, type AgentRun } from "./run-agent.ts";
import { conversation, lastMessages, report, scriptTask } from "./script-task.ts";
import { startClosedProxy } from "./start-proxy.ts";

const prompt = "The test in sum.test.js fails. Look at it, mend sum.js, run the test again and report.";

/** How a task is done. */
export interface TaskOptions {
  readonly size?: Size;
  readonly syntax?: Syntax;
  readonly model?: string;
  /** The allowance of the simulated upstream; default: none. */
  readonly tokenLimit?: number;
  /** Looks at the stack before it ends. */
  readonly inspect?: (stack: Stack) => Promise<void>;
}

/**
 * Has an agent, launched by our command line, mend the failing test with a scripted model; checks that it did, that
 * the model saw every result, that its user saw no markup, and that it spoke to nobody else.
 */
export async function completeTask(agent: Agent, options: TaskOptions = {}): Promise<AgentRun> {
  const { size = "default", syntax = "hermes", model = "DeepSeek-V3.2", tokenLimit, inspect } = options;
  await using stack = await startStack({
    env: { MODEL_ALIASES: "gpt-*=DeepSeek-V3.2" },
    ...(tokenLimit === undefined ? {} : { simulator: { tokenLimit } }),
  });
  await using proxy = await startClosedProxy();
  await using task = await createTask();
  const turns = agent.turns(task, size);
  scriptTask(stack.simulator, turns, syntax);
  await agent.prepare(task);
  expect(await task.passes()).toBe(false);

  const command = launchAgent(agent, { url: stack.url, model, size }, prompt);
  await using running = startAgent(command, { ...task, proxy: proxy.url });
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
  // In full size an agent asks whom it likes, and hears from nobody.
  const strangers = proxy.attempts.filter((attempt) => !agent.asks?.test(attempt));
  expect(size === "full" ? [] : strangers).toEqual([]);
  await inspect?.(stack);
  return { code, stdout, stderr };
}
