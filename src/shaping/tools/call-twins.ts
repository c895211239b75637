import type { CheckBudget } from "../schema/check-budget.ts";
import { toCallKey } from "./call-key.ts";
import { gatherText } from "./gather-text.ts";

/** How a call came. */
type Way = "written" | "native";

/** One call that may be the repeat of another. */
export interface CallTwin {
  /** Whether a call that came the other way may turn out to be the same: then nothing of this one may be given before it is whole. */
  mayRepeat(): boolean;
  /** Whether such a call with the same arguments is there, of which no other call is the repeat. */
  repeats(argumentsJson: string): boolean;
  /** Adds to the arguments that are given. */
  write(text: string): void;
  /** The call is there, with these arguments or with those that were written. */
  end(argumentsJson?: string): void;
}

/** Knows the calls of one answer. */
export interface CallTwins {
  begin(tool: string, way: Way): CallTwin;
}

/** Calls of one tool that came one way, of which none came the other way. */
interface Lone {
  /** Arguments that nobody has compared so far: most answers have calls of one way only. */
  pending: string[];
  /** How many calls have the same arguments. */
  readonly counts: Map<string, number>;
}

/**
 * Knows calls that a server gives twice, as calls and as the text that they were read from. No model calls a tool both ways
 * with the same arguments in one answer; the same call twice in one way is its own will.
 */
export function createCallTwins(budget: CheckBudget): CallTwins {
  const toKey = (json: string): string => budget.convert(json.length, () => toCallKey(json));
  const made = { written: new Map<string, Lone>(), native: new Map<string, Lone>() };

  function callsOf(way: Way, tool: string): Lone {
    const calls = made[way].get(tool) ?? { pending: [], counts: new Map<string, number>() };
    made[way].set(tool, calls);
    return calls;
  }

  function countsOf(calls: Lone): Map<string, number> {
    const { pending, counts } = calls;
    calls.pending = [];
    for (const json of pending) {
      const key = toKey(json);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  return {
    begin(tool, way) {
      const given = gatherText();
      const others = callsOf(way === "native" ? "written" : "native", tool);
      const mayRepeat = (): boolean => others.pending.length + others.counts.size > 0;
      return {
        mayRepeat,
        repeats(json) {
          if (!mayRepeat()) return false;
          const key = toKey(json);
          const counts = countsOf(others);
          const count = counts.get(key);
          if (count === undefined) return false;
          if (count === 1) counts.delete(key);
          else counts.set(key, count - 1);
          return true;
        },
        write: (text) => given.add(text),
        end: (json = given.text()) => void callsOf(way, tool).pending.push(json),
      };
    },
  };
}
