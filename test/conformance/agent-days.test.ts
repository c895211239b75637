/** How long agents live on a small budget: what each way to save brings, and that docs/budget.md says so. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { scriptedAgents, waysToSave, workThroughDay } from "../support/scripted-agent.ts";

const documented = readFileSync(new URL("../../docs/budget.md", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) => line.split("|").map((cell) => cell.trim()));

/** The cells of the docs behind the names: first prompt, turns within 25,000 and within 100,000 tokens. */
function rowOf(agent: string, way: string): readonly string[] {
  return documented.find(([, name, saving]) => name === agent && saving === way)?.slice(3, 6) ?? [];
}

describe.each(Object.values(scriptedAgents))("$name", (agent) => {
  test.each(Object.entries(waysToSave(agent)))(
    "saving %s has the turns of the docs",
    async (way, options) => {
      const cells: string[] = [];
      for (const tokenLimit of [25_000, 100_000]) {
        const { turns, firstPrompt, rightCalls } = await workThroughDay(
          { agent, ...options },
          { tokenLimit },
        );
        // However little the model is told of the tools, its calls reach the agent as it wrote them.
        expect(rightCalls).toBe(turns);
        if (cells.length === 0) cells.push(firstPrompt.toLocaleString("en-US"));
        cells.push(String(turns));
      }
      expect(rowOf(agent.name, way)).toEqual(cells);
    },
  );

  test("the docs show that it lives the longer the more is saved", () => {
    const turns = Object.keys(waysToSave(agent)).map((way) => Number(rowOf(agent.name, way)[2]));
    const [nothing = 0, short = 0, diet = 0, standard = 0, both = 0, all = 0] = turns;
    expect(short).toBeGreaterThanOrEqual(nothing);
    expect(diet).toBeGreaterThanOrEqual(nothing);
    expect(standard).toBeGreaterThan(nothing);
    expect(both).toBeGreaterThan(nothing * 1.3);
    expect(all).toBeGreaterThan(nothing * 1.5);
  });
});
