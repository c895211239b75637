import { describe, expect, test } from "vitest";

import type { ScriptedReply, SimulatedModel, Simulator } from "../../src/simulator/index.ts";
import type { Agent, Turn } from "./support/agent.ts";
import { agents, rowsFor } from "./support/all-agents.ts";
import type { Task } from "./support/create-task.ts";
import { ours, outcomes, type Outcome } from "./support/outcomes.ts";
import { allRead, readFiles } from "./support/read-files.ts";
import { markup, renderCalls } from "./support/render-call.ts";
import { runSession } from "./support/run-session.ts";
import { isConversation, report } from "./support/script-task.ts";

const prompt = "The test in sum.test.js fails. Look at it, mend sum.js, run the test again and report.";
const spentText =
  "The usage limit of this gateway's address at Akash Chat is reached. There is a new budget at";
const lostText = "The connection to Akash Chat broke off in the middle of its reply.";

/** The list of models of an upstream. */
function models(tokenLimit: number): readonly SimulatedModel[] {
  return [{ id: "DeepSeek-V3.2", tokenLimit }];
}

function outcomeOf(client: string): Outcome {
  const outcome = outcomes[client];
  if (outcome === undefined) throw new Error(`${client} has no outcome in outcomes.ts.`);
  return outcome;
}

const write = ({ say, calls }: Turn): string => `${say}\n\n${renderCalls("hermes", calls)}`;

/** An answer in two deltas, of which `given` come before the connection is cut. */
function cutAt(text: string, at: number, given: 0 | 1): ScriptedReply {
  return { text: [text.slice(0, at), text.slice(at)], error: { kind: "cut", afterDeltas: given } };
}

/** Has the gateway send the head of a stream without waiting for the upstream. */
const atOnce = { RESPONSE_HOLD_MS: "0" };

/** Where the answer of a turn breaks off. */
const moments: readonly {
  readonly moment: string;
  /** Whether something was streamed to the agent before. */
  readonly begun: boolean;
  readonly cut: (turn: Turn) => ScriptedReply;
  readonly env?: Readonly<Record<string, string>>;
}[] = [
  { moment: "before the first word", begun: false, cut: (turn) => cutAt(write(turn), 5, 0) },
  {
    moment: "before the first word, after the head",
    begun: true,
    cut: (turn) => cutAt(write(turn), 5, 0),
    env: atOnce,
  },
  { moment: "among its words", begun: true, cut: (turn) => cutAt(write(turn), 8, 1) },
  { moment: "inside of a call", begun: true, cut: (turn) => cutAt(write(turn), -30, 1) },
];

/** The turns of the task, of which there are several. */
function turnsOf(agent: Agent, task: Task): readonly [Turn, Turn, ...Turn[]] {
  const [first, second, ...others] = agent.turns(task, "default");
  if (first === undefined || second === undefined) throw new Error(`${agent.client} has too few turns.`);
  return [first, second, ...others];
}

describe.for(agents)("%s", ([client, agent]) => {
  const { spent, asksAgain, lost, sumsUp, full = "", tooLong } = outcomeOf(client);

  test.for([
    { moment: "before the stream", env: {}, most: 1 },
    // An error frame has no status and no headers, so some ask once more.
    { moment: "after its head", env: atOnce, most: 2 },
  ])("stops at once when the budget is used up in mid-task, and says so: $moment", async ({ env, most }) => {
    const { code, output, answers, asked, done } = await runSession(agent, prompt, {
      env,
      simulator: { tokenLimit: 5_000 },
      async script(simulator, task) {
        const text = write(turnsOf(agent, task)[0]);
        const usage = { promptTokens: 5_000, completionTokens: 20 };
        simulator.enqueue({ when: isConversation, text, usage });
        return undefined;
      },
    });
    expect(code, output).toBe(1);
    expect(output).toContain(spent === ours ? spentText : spent);
    const [first, ...others] = answers;
    expect(first).toBe("200");
    expect(new Set(others)).toEqual(new Set(["budget-exhausted"]));
    expect(others.length).toBeLessThanOrEqual(most);
    // The gateway may have to ask the upstream to learn of it.
    expect(asked.length).toBeLessThanOrEqual(2);
    expect(done).toBe(false);
  });

  describe("when an answer breaks off", () => {
    test.for(rowsFor(client, moments))("$moment", async ({ begun, cut, env }) => {
      const repeats = asksAgain === "always" || !begun;
      let count = 0;
      const { code, stdout, output, answers, asked, done } = await runSession(agent, prompt, {
        ...(env === undefined ? {} : { env }),
        async script(simulator, task) {
          const [first, second, ...others] = turnsOf(agent, task);
          const rest = [second, ...others].map((turn): ScriptedReply => ({ text: write(turn) }));
          const replies = [{ text: write(first) }, cut(second), ...rest, { text: report }];
          for (const reply of replies) simulator.enqueue({ when: isConversation, ...reply });
          count = replies.length;
          return undefined;
        },
      });
      expect(output).not.toMatch(markup);
      expect(answers.filter((answer) => answer !== "200")).toEqual(["upstream-truncated"]);
      expect(code, output).toBe(repeats ? 0 : 1);
      expect(asked).toHaveLength(repeats ? count : 2);
      expect(done).toBe(repeats);
      expect(repeats ? stdout : output).toContain(repeats ? report : lostText);
    });

    // Agents wait between their tries, some a minute in all.
    test("every time, it says so in the end", { timeout: 300_000 }, async () => {
      const { code, output, answers, done } = await runSession(agent, prompt, {
        async script(simulator, task) {
          simulator.enqueue({ when: isConversation, text: write(turnsOf(agent, task)[0]) });
          return () => cutAt("Now I run the test.", 8, 1);
        },
      });
      expect(code, output).toBe(1);
      expect(output).toContain(lost === ours ? lostText : lost);
      const [first, ...others] = answers;
      expect(first).toBe("200");
      expect(new Set(others)).toEqual(new Set(["upstream-truncated"]));
      expect(done).toBe(false);
    });
  });

  describe("in a conversation that outgrows the model's context", () => {
    const count = 24;

    /** `meet` sees every request before it is answered. */
    async function readAll(tokenLimit: number, meet?: (simulator: Simulator) => void) {
      let remembered: readonly number[] = [];
      const session = await runSession(agent, "Read all files, one after the other.", {
        // A list that has changed is known by the next request but one.
        env: { MODELS_CACHE_MS: "0" },
        simulator: { models: models(tokenLimit) },
        async script(simulator, { folder }) {
          const reader = await readFiles(count, folder, agent.read);
          ({ remembered } = reader);
          return (body) => {
            meet?.(simulator);
            return reader.script(body);
          };
        },
      });
      return { ...session, remembered };
    }

    test(sumsUp === undefined ? "sums up in time and goes on" : "stops, and says so", async () => {
      const { code, stdout, output, answers, remembered } = await readAll(64_000);
      if (sumsUp === "between prompts") {
        expect(code, output).toBe(1);
        expect(output).toContain(full);
        expect(answers.at(-1)).toBe("context-length");
        return;
      }
      expect(code, output).toBe(0);
      expect(stdout).toContain(allRead(count));
      expect(new Set(answers)).toEqual(new Set(["200"]));
      // From a summary on, every prompt has the newest one.
      expect(remembered.at(-1)).toBeGreaterThan(0);
      expect(remembered).toEqual(remembered.toSorted((a, b) => a - b));
    });

    test(`${tooLong} at a prompt that is too long for a context that it took for larger`, async () => {
      const { code, stdout, output, answers, remembered } = await readAll(200_000, (simulator) =>
        simulator.setModels(models(64_000)),
      );
      expect(answers, output).toContain("context-length");
      expect(code, output).toBe(tooLong.endsWith("goes on") ? 0 : 1);
      if (tooLong === "stops") {
        expect(output).toContain(full);
      } else {
        expect(stdout).toContain(allRead(count));
        expect((remembered.at(-1) ?? 0) > 0).toBe(tooLong.startsWith("sums up"));
      }
    });
  });
});
