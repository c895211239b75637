import { describe, expect, test } from "vitest";

import { createGate } from "../support/gate.ts";
import { startStack } from "../support/start-stack.ts";
import { launchAgent } from "./support/agent.ts";
import { claudeCode, codex, opencode } from "./support/agents.ts";
import { createTask } from "./support/create-task.ts";
import { startAgent } from "./support/run-agent.ts";
import { conversation, isConversation } from "./support/script-task.ts";
import { startClosedProxy } from "./support/start-proxy.ts";

describe.for([
  ["Claude Code", claudeCode],
  ["Codex", codex],
  ["opencode", opencode],
] as const)("Ctrl-C in %s ends the upstream request", ([, agent]) => {
  test.for(["before the first token", "in the middle of the answer"])("%s", async (moment) => {
    await using stack = await startStack();
    await using proxy = await startClosedProxy();
    await using task = await createTask();
    await agent.prepare(task);
    const waits = createGate();
    const never = createGate();
    async function* answer(): AsyncGenerator<string> {
      if (moment !== "before the first token") yield* ["Let me ", "think about ", "that."];
      waits.open();
      await never.promise;
      yield " Nobody reads this.";
    }
    stack.simulator.enqueue({ when: isConversation, text: answer() });

    const command = launchAgent(agent, { url: stack.url }, "Say something.");
    await using running = startAgent(command, { ...task, proxy: proxy.url });
    await waits.promise;
    running.interrupt();

    expect(await conversation(stack.simulator)[0]?.closed).toBe("client-left");
    await running.result;
    expect(conversation(stack.simulator)).toHaveLength(1);
    never.open();
  });
});
