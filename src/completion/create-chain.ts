import { GatewayError } from "../errors.ts";
import type { ChatEvent } from "../model/events.ts";
import type { AnswerProblem, RepairableShaper, Shaper } from "../shaping/shaper.ts";

/** The shapers of one turn, as one. */
export interface Chain {
  push(event: ChatEvent): ChatEvent[];
  flush(): ChatEvent[];
  /** Of the first shaper that has one. Set only after a finish was pushed that gave none. */
  readonly problem: AnswerProblem | undefined;
  /** Gives the best that can be given and the finish, or throws a `GatewayError`. */
  giveUp(): ChatEvent[];
}

function isRepairable(shaper: Shaper): shaper is RepairableShaper {
  return "giveUp" in shaper;
}

/** Chains shapers: what one gives, the next reads. */
export function createChain(shapers: readonly Shaper[]): Chain {
  /** Feeds events to the shapers from `first` on. */
  function run(events: readonly ChatEvent[], first: number): ChatEvent[] {
    let current = events;
    for (let index = first; index < shapers.length && current.length > 0; index += 1) {
      const shaper = shapers[index];
      if (shaper === undefined) break;
      const [only] = current;
      current =
        current.length === 1 && only !== undefined
          ? shaper.push(only)
          : current.flatMap((event) => shaper.push(event));
    }
    return [...current];
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
    push: (event) => run([event], 0),
    flush: () => shapers.flatMap((shaper, index) => run(shaper.flush(), index + 1)),
    get problem() {
      return findProblem(0)?.problem;
    },
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
