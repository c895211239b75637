import type { CallSession } from "./call-session.ts";
import type { Reading } from "./text-reader.ts";

/** What stands for a name where the form of a call is shown. */
const placeholder = /^(?:[A-Z][A-Z_]*|\.{3}|…|name|(?:your[_ -]?)?(?:tool|function)(?:[_ -]?name)?)$/;
const longestSpace = 8;

/**
 * Whether the call of an unknown tool that was just read, in a line that has words before it, is only shown: words follow in the
 * line, too, or its name is a placeholder. Reads nothing.
 */
export function* isSample({ reader, faults }: CallSession): Reading<boolean> {
  const fault = faults.at(-1);
  if (fault?.kind !== "unknown-tool") return false;
  if (placeholder.test(fault.name)) return true;
  for (let length = 1; length <= longestSpace; length += 1) {
    const text = yield* reader.peek(length);
    if (text.length < length || text.includes("\n")) return false;
    if (text.trim() !== "") return !/[<{[]$/.test(text);
  }
  return false;
}
