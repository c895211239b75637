import { GatewayError } from "../errors.ts";
import type { ChatEvent, EventBatch } from "../model/events.ts";
import type { RepairReason } from "../model/call-watch.ts";
import type { AnswerProblem, RepairableShaper, Shaper } from "../shaping/shaper.ts";
import { cutEvents, isLong, joinDeltas } from "./cut-events.ts";

/** Long work in short steps, after each of which one may rest; what a step gives may be nothing. */
export type Steps = Generator<EventBatch, void, undefined>;

/** The shapers of one turn, as one. */
export interface Chain {
  /**
   * What becomes of the events of one batch; in steps if one of the shapers has much to read, because the batch is long or
   * because much was held until now. After a finish the rest of the batch is not read.
   */
  push(events: EventBatch): EventBatch | Steps;
  /** Gives what was held back; `first`: only what so many of the first shapers held. */
  flush(first?: number): ChatEvent[];
  /** Of the first shaper that has one. Set only after a finish was pushed that gave none. */
  problem(): AnswerProblem | undefined;
  /** What that problem is called in logs; `undefined` without one. */
  repairReason(): RepairReason | undefined;
  /** Gives the best that can be given and the finish, or throws a `GatewayError`. `hasText`: as shapers have it. */
  giveUp(hasText: boolean): ChatEvent[];
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

  const lastWhole = shapers.findLastIndex((shaper) => shaper.readsWhole === true);

  /** As `run`, but each shaper reads what the one before it gave in parts of its own. */
  function* runInParts(events: EventBatch, first: number): Steps {
    const shaper = shapers[first];
    if (shaper === undefined || events.length === 0) {
      yield events;
      return;
    }
    const parts = shaper.readsWhole === true ? [{ events, more: false }] : cutEvents(events);
    let given: ChatEvent[] = [];
    for (const { events: part, more } of parts) {
      for (const event of pushAll(shaper, part)) given.push(event);
      if (more && first < lastWhole) {
        yield [];
        continue;
      }
      const out = first < lastWhole ? joinDeltas(given) : given;
      given = [];
      yield* runInParts(out, first + 1);
      if (out.at(-1)?.type === "finish") return;
    }
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
    push(events) {
      let current = events;
      for (const [at, shaper] of shapers.entries()) {
        if (current.length === 0) break;
        if (isLong(current)) return runInParts(current, at);
        current = pushAll(shaper, current);
      }
      return current;
    },
    flush: (first) => shapers.slice(0, first).flatMap((shaper, index) => run(shaper.flush(), index + 1)),
    problem: () => findProblem(0)?.problem,
    repairReason: () => findProblem(0)?.shaper.repairReason,
    giveUp(hasText) {
      const out: ChatEvent[] = [];
      // A later shaper may have a problem of its own with what an earlier one gives at last.
      for (let found = findProblem(0); found !== undefined; found = findProblem(found.at + 1)) {
        out.push(...run(found.shaper.giveUp(hasText), found.at + 1));
        if (out.some((event) => event.type === "finish")) return out;
      }
      throw new GatewayError("output-invalid", "The model did not give a usable answer.");
    },
  };
}
