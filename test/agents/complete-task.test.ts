import { describe, expect, test } from "vitest";

import type { Size } from "../../src/cli/connect/client.ts";
import { describeSize } from "../../src/cli/connect/prompt-sizes.ts";
import { findClient } from "../../src/cli/connect/clients.ts";
import type { Agent } from "./support/agent.ts";
import {
  claudeCode,
  claudeCodeInJson,
  codex,
  codexInCodeMode,
  codexWithPatch,
  opencode,
} from "./support/agents.ts";
import { agents, rowsFor } from "./support/all-agents.ts";
import { completeTask } from "./support/complete-task.ts";
import type { Syntax } from "./support/render-call.ts";
import { report, thought } from "./support/script-task.ts";

describe.for(agents)("%s mends a failing test", ([client, agent]) => {
  test.for<Size>(["default", "small", "full"])("in %s size", async (size) => {
    const { stderr } = await completeTask(agent, { size });
    expect(stderr).toContain(describeSize(client, findClient(client)?.title ?? "", size, "launch"));
  });
});

describe("Claude Code mends a failing test", () => {
  test.for<Syntax>(["qwen3-coder", "deepseek-v3.2", "kimi-k2", "invoke"])(
    "when the model writes its calls as %s",
    async (syntax) => {
      const { stdout } = await completeTask(claudeCode, { syntax });
      expect(stdout).toBe(`${report}\n`);
    },
  );

  test("and gets thinking, words and calls as blocks of their own", async () => {
    const { stdout } = await completeTask(claudeCodeInJson, { syntax: "glm-4.5" });
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
  test.for<[Syntax, string, Agent, string, Size]>([
    ["qwen3-coder", "exec_command", codex, "DeepSeek-V3.2", "default"],
    ["kimi-k2", "exec_command", codex, "DeepSeek-V3.2", "default"],
    ["deepseek-v3.2", "its custom tool apply_patch", codexWithPatch, "gpt-5.5", "full"],
    ["deepseek-v3.1", "its custom tool apply_patch", codexWithPatch, "gpt-5.5", "full"],
    ["glm-4.5", "scripts, in a namespace", codexInCodeMode, "gpt-6-astra", "full"],
    ["invoke", "scripts, in a namespace", codexInCodeMode, "gpt-6-astra", "full"],
  ])("when the model writes its calls as %s, with %s", async ([syntax, , agent, model, size]) => {
    const { stdout, stderr } = await completeTask(agent, { syntax, model, size });
    expect(stdout).toBe(`${report}\n`);
    expect(stderr).toContain(thought);
  });
});

describe("opencode mends a failing test", () => {
  test.for(rowsFor<Syntax>(opencode.client, ["qwen3-coder", "glm-4.5", "deepseek-v3.1", "invoke"]))(
    "when the model writes its calls as %s",
    async (syntax) => {
      const { stdout, stderr } = await completeTask(opencode, { syntax });
      expect(stdout + stderr).toContain(`Thinking: ${thought}`);
    },
  );
});
