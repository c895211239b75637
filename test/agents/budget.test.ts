import { expect, test } from "vitest";

import { claudeCode, codex } from "./support/agents.ts";
import { completeTask } from "./support/complete-task.ts";

const tokenLimit = 25_000;

test.for([
  ["Claude Code", claudeCode],
  ["Codex", codex],
] as const)(`%s does an editing task within ${tokenLimit} tokens`, async ([name, agent]) => {
  await completeTask(agent, {
    tokenLimit,
    async inspect({ simulator }) {
      const answer = await fetch(`${simulator.url}/api/rate-limit/status/`);
      const status = (await answer.json()) as { usagePercentage: number; blocked: boolean };
      console.log(`${name}: ${(status.usagePercentage / 100) * tokenLimit} tokens of ${tokenLimit}`);
      expect(status.blocked).toBe(false);
    },
  });
});
