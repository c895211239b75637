import { expect, test } from "vitest";

import { get } from "../support/post.ts";
import { startTeam } from "../support/start-team.ts";

test("the budgets of keys are metrics, by their ids", async () => {
  await using team = await startTeam({ env: { METRICS_TOKEN: "m3trics" } });
  const { id, key, budget } = await team.createKey({ name: "secret name", budget: { tokens: 1000 } });
  await team.createKey({ budget: { id: budget.id } });
  team.simulator.enqueue({ text: "Hi", usage: { promptTokens: 200, completionTokens: 50 } });
  await team.chat(key);
  const page = await get(`${team.url}/metrics`, { authorization: "Bearer m3trics" });
  const lines = page.text.split("\n").filter((line) => line.startsWith("akashchat_key_budget_used_ratio"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`\\{budget="${budget.id}",key="key_\\w+"\\} 0\\.25$`));
  expect(page.text).not.toContain("secret name");
  expect(id).toMatch(/^key_/);
});
