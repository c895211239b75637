import { faults } from "../../../bench/soak/faults.ts";
import { readPlan, type Plan } from "../../../bench/soak/plan.ts";
import { createPlannedReplies, textOf } from "../../../bench/soak/planned-replies.ts";
import {
  type ChatBody,
  type ScriptedReply,
  type Simulator,
  startSimulator,
} from "../../../src/simulator/index.ts";

/** What an upstream counted for the chats of one tag. */
export interface Counted {
  /** How often it was asked. */
  readonly asked: number;
  /** Tokens of the answers of which it said what they cost. */
  readonly tokens: number;
  /** Whether all were answered to their end, with what they cost. */
  readonly isWhole: boolean;
}

/** A simulator that does what the plan in each prompt says, and knows what it has counted. */
export interface CountingUpstream extends AsyncDisposable {
  readonly url: string;
  readonly simulator: Simulator;
  /** By tag, of all that it was asked so far, when each of those is over. */
  count(): Promise<ReadonlyMap<string, Counted>>;
}

/** As nobody would estimate it, and never the same for two answers in a row. */
function countUsage({ tag, pieces }: Plan): { promptTokens: number; completionTokens: number } {
  const number = Number(tag.slice(tag.lastIndexOf(".") + 1));
  return { promptTokens: 211 + (number % 89), completionTokens: 17 * pieces + (number % 13) };
}

/** Whether the answer to a try says what it cost. The newer framing has no place for that. */
function tells({ fault, newFraming }: Plan, tried: number): boolean {
  if (newFraming) return false;
  if (fault === undefined || fault === "mid, goes on" || fault === "unfinished") return true;
  return faults[fault]?.mended === true && tried > 1;
}

/** Starts one; what has no plan is answered by `others`, or by the simulator's own answers. Use `await using`. */
export async function startCountingUpstream(
  others: (body: ChatBody) => ScriptedReply | undefined = () => undefined,
): Promise<CountingUpstream> {
  const planned = createPlannedReplies(countUsage);
  const simulator = await startSimulator({ script: (body) => planned(body) ?? others(body) });
  return {
    url: simulator.url,
    simulator,
    async count() {
      const tags = new Map<string, Counted>();
      for (const { body, closed } of simulator.chats) {
        const plan = readPlan(textOf(body));
        // Pictures have no tokens.
        if (plan === undefined || Reflect.get(Object(body), "model") === "AkashGen") continue;
        const how = await closed;
        const { asked, tokens, isWhole } = tags.get(plan.tag) ?? { asked: 0, tokens: 0, isWhole: true };
        // What failed may have been tried again.
        const isTold = tells(plan, asked + 1);
        const { promptTokens, completionTokens } = countUsage(plan);
        tags.set(plan.tag, {
          asked: asked + 1,
          tokens: tokens + (isTold ? promptTokens + completionTokens : 0),
          isWhole:
            isWhole && how === "finished" && (isTold || (!plan.newFraming && plan.fault !== undefined)),
        });
      }
      return tags;
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}
