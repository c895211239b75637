import { GatewayError } from "../errors.ts";
import type { ChatEvent } from "../model/events.ts";
import type { AnswerProblem, RepairableShaper, Shaper } from "../shaping/shaper.ts";

/** The shapers of one turn, as one. */
export interface Chain {
  /** What becomes of the events of one batch. After a finish the rest of the batch is not read. */
  push(events: readonly ChatEvent[]): readonly ChatEvent[];
  flush(): ChatEvent[];
  /** Of the first shaper that has one. Set only after a finish was pushed that gave none. */
  problem(): AnswerProblem | undefined;
  /** Gives the best that can be given and the finish, or throws a `GatewayError`. */
  giveUp(): ChatEvent[];
}

function isRepairable(shaper: Shaper): shaper is RepairableShaper {
  return "giveUp" in shaper;
}

function pushAll(shaper: Shaper, events: readonly ChatEvent[]): readonly ChatEvent[] {
  if (shaper.pushAll !== undefined) return shaper.pushAll(events);
  const out: ChatEvent[] = [];
  for (const event of events) {
    out.push(...shaper.push(event));
    if (out.at(-1)?.type === "finish") break;
  }
  return out;
}

/** Chains shapers: what one gives, the next reads. */
export function createChain(shapers: readonly Shaper[]): Chain {
  /** Feeds events to the shapers from `first` on. */
  function run(events: readonly ChatEvent[], first: number): readonly ChatEvent[] {
    let current = events;
    for (const shaper of shapers.slice(first)) {
      if (current.length === 0) break;
      current = pushAll(shaper, current);
    }
    return current;
  }

  function findProblem(from: number) {
    for (const [at, shaper] of shapers.entries()) {
      if (at < from || !isRepairable(shaper)) continue;
      const { problem } = shaper;
      if (problem !== undefined) return { at, shaper, problem };
    }
    return undefined;
  }

  return {
    push: (events) => run(events, 0),
    flush: () => shapers.flatMap((shaper, index) => run(shaper.flush(), index + 1)),
    problem: () => findProblem(0)?.problem,
    giveUp() {
      const out: ChatEvent[] = [];
      // A later shaper may have a problem of its own with what an earlier one gives at last.
      for (let found = findProblem(0); found !== undefined; found = findProblem(found.at + 1)) {
        out.push(...run(found.shaper.giveUp(), found.at + 1));
        if (out.some((event) => event.type === "finish")) return out;
      }
      throw new GatewayError("output-invalid", "The model did not give a usable answer.");
    },
  };
}
