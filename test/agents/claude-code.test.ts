import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { claudeCode } from "../../src/cli/connect/clients/claude-code.ts";
import { findTarget } from "../../src/cli/connect/find-target.ts";
import { readConfig } from "../../src/config.ts";
import type { ChatBody, ScriptedReply, SimulatorOptions } from "../../src/simulator/index.ts";
import { startStack } from "../support/start-stack.ts";
import { claudeCodeInJson } from "./support/agents.ts";
import { createTask, type Task } from "./support/create-task.ts";
import { allRead, readFiles } from "./support/read-files.ts";
import { type Call, renderCalls } from "./support/render-call.ts";
import { startAgent } from "./support/run-agent.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

const model = "DeepSeek-V3.2";
const answerWith = (call: Call): ScriptedReply => ({ text: renderCalls("hermes", [call]) });

/** One run of Claude Code: what it wrote, what the upstream saw of it, and the models that it keeps of its discovery. */
async function run(
  prompt: string,
  options: {
    readonly simulator: (task: Task) => SimulatorOptions | Promise<SimulatorOptions>;
    readonly environment?: Readonly<Record<string, string>>;
  },
) {
  await using task = await createTask();
  await using stack = await startStack({ simulator: await options.simulator(task) });
  await using proxy = await startClosedProxy();
  const caller = { environment: {}, folder: task.home, script: undefined };
  const target = await findTarget(readConfig({}), { url: stack.url, model }, caller);
  const environment = {
    ...claudeCodeInJson.quiet,
    ...claudeCode.program?.start(target, "full", task.home, caller).environment,
    ...options.environment,
  };
  const command = { command: claudeCodeInJson.executable, args: claudeCodeInJson.args(prompt), environment };
  await using running = startAgent(command, { ...task, proxy: proxy.url });
  const { code, stdout, stderr } = await running.result;
  expect(code, stderr + stdout).toBe(0);
  // Of a gateway (CLAUDE_CODE_USE_GATEWAY) it keeps them among its own options.
  const kept = JSON.parse(await readFile(join(task.home, ".claude.json"), "utf8")) as {
    readonly additionalModelOptionsCache?: readonly unknown[];
  };
  const discovered = kept.additionalModelOptionsCache ?? [];
  const bodies = stack.simulator.chats.map(({ body }) => body as ChatBody);
  return { stdout, bodies, discovered };
}

test("Claude Code keeps the models that its discovery finds", async () => {
  const environment = { ANTHROPIC_MODEL: `claude-akash/${model}` };
  const simulator = () => ({
    script: () => ({ text: "Hello." }),
    models: [{ id: model, name: "DeepSeek V3.2" }],
  });
  const { bodies, discovered } = await run("Greet me.", { simulator, environment });
  expect(discovered).toMatchObject([
    { value: `claude-akash/${model}`, label: "DeepSeek V3.2 (akashchat-api)" },
  ]);
  expect(bodies[0]).toMatchObject({ model });
});

/** Searches for a tool, then says that it is there. */
const searchOnce = ({ messages }: ChatBody): ScriptedReply =>
  JSON.stringify(messages).includes("tool_response name=")
    ? { text: "It is there." }
    : answerWith({ name: "ToolSearch", args: { query: "select:NotebookEdit", max_results: 1 } });

test("Claude Code loads a tool that its search has found", async () => {
  const { stdout, bodies } = await run("Find the notebook tool.", {
    simulator: () => ({ script: searchOnce }),
  });

  expect(stdout).toContain("It is there.");
  const [first, second] = bodies;
  // The name is in the list of what can be searched; the definition comes with the reference.
  expect(first?.system).toContain("ToolSearch");
  expect(first?.system).not.toMatch(/NotebookEdit|DeferredToolPlaceholder/);
  expect(second?.system).toContain("NotebookEdit");
  expect(second?.messages.at(-1)?.content).toContain('The tool "NotebookEdit" is available.');
  expect(JSON.stringify(bodies)).not.toContain("x-anthropic-billing-header");
});

describe("Claude Code compacts twice and goes on", () => {
  const count = 14;
  test.each([
    {
      why: "at the window that it was told, with a model of its discovery",
      tokenLimit: 128_000,
      environment: {
        ANTHROPIC_MODEL: `claude-akash/${model}`,
        CLAUDE_CODE_MAX_CONTEXT_TOKENS: "64000",
      },
    },
    {
      why: "at the error of a prompt that is too long",
      tokenLimit: 40_000,
      environment: { CLAUDE_CODE_MAX_CONTEXT_TOKENS: "1000000" },
    },
  ])("$why", async ({ tokenLimit, environment }) => {
    let remembered: readonly number[] = [];
    const { stdout } = await run("Read all files.", {
      environment,
      async simulator({ folder }) {
        const reader = await readFiles(count, folder, claudeCodeInJson.read);
        ({ remembered } = reader);
        return { models: [{ id: model, tokenLimit }], script: reader.script };
      },
    });
    expect(stdout).toContain(allRead(count));
    expect(Math.max(...remembered)).toBeGreaterThanOrEqual(2);
    // From a summary on, every prompt has the newest one.
    expect(remembered).toEqual(remembered.toSorted((a, b) => a - b));
  });
});
