import { parseBounded } from "../parse-bounded.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { isRecord } from "../schema/resolve-schema.ts";
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

/**
 * Knows calls that a server gives twice, as calls and as the text that they were read from. No model calls a tool both ways
 * with the same arguments in one answer; the same call twice in one way is its own will.
 */
export function createCallTwins(budget: CheckBudget): CallTwins {
  /** How many calls came one way, by tool and then by arguments, of which none came the other way. */
  const made = {
    written: new Map<string, Map<string, number>>(),
    native: new Map<string, Map<string, number>>(),
  };

  function callsOf(way: Way, tool: string): Map<string, number> {
    const calls = made[way].get(tool) ?? new Map<string, number>();
    made[way].set(tool, calls);
    return calls;
  }

  return {
    begin(tool, way) {
      const given = gatherText();
      const others = callsOf(way === "native" ? "written" : "native", tool);
      return {
        mayRepeat: () => others.size > 0,
        repeats(json) {
          if (others.size === 0) return false;
          const key = toKey(json, budget);
          const count = others.get(key);
          if (count === undefined) return false;
          if (count === 1) others.delete(key);
          else others.set(key, count - 1);
          return true;
        },
        write: (text) => given.add(text),
        end(json = given.text()) {
          const calls = callsOf(way, tool);
          const key = toKey(json, budget);
          calls.set(key, (calls.get(key) ?? 0) + 1);
        },
      };
    },
  };
}

/** A text that is the same for the same JSON, whatever the order of its keys, its layout and its escapes. */
function toKey(json: string, budget: CheckBudget): string {
  try {
    return budget.convert(json.length, () => JSON.stringify(parseBounded(json), withSortedKeys));
  } catch {
    // Too large to be read, or cut: only the very same text is the same.
    return json;
  }
}

function withSortedKeys(_key: string, value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
