/**
 * How long an agent lives on a budget, with and without each way to save: turns of a scripted task until the simulator's
 * limit is reached. Prints the table of docs/budget.md. Run: `node bench/budget.ts`.
 */
import { scriptedAgents, waysToSave, workThroughDay } from "../test/support/scripted-agent.ts";

/** The allowance of an anonymous address, and four times that. */
const limits = [25_000, 100_000] as const;

console.log("| agent | saving | first prompt | turns within 25,000 | within 100,000 |");
console.log("|---|---|---|---|---|");
for (const agent of Object.values(scriptedAgents)) {
  for (const [way, options] of Object.entries(waysToSave(agent))) {
    const turns: number[] = [];
    let first = 0;
    for (const tokenLimit of limits) {
      const day = await workThroughDay({ agent, ...options }, { tokenLimit });
      if (day.rightCalls !== day.turns) throw new Error(`${agent.name}, ${way}: calls came out wrong`);
      first = day.firstPrompt;
      turns.push(day.turns);
    }
    console.log(`| ${[agent.name, way, first.toLocaleString("en-US"), ...turns].join(" | ")} |`);
  }
}
