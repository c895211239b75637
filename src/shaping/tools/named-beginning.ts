import type { Reading, TextReader } from "./text-reader.ts";
import type { ToolDirectory } from "./tool-directory.ts";

/** Names and what leads to them are short; what is looked at without being read must be, too. */
const longestBeginning = 200;

const namespace = "functions.";
const written = /^(\[?\s*)((?:functions\.)?)([\p{L}\p{M}\p{N}_./:-]*)/u;
/** What can't be words: a bracket or a token right behind the name. */
const glued = /^(?:\{\s*["'}]|\s*\[(?:ARGS|CALL_ID)\]|\s*<arg_key>|<[|\uff5c]tool[_\u2581]sep[|\uff5c]>)/;
const index = /:\d+\s*$/;
/** What may be. */
const apart = /^(?:\(|:?\s*\{\s*["'}])/;
const mayFollow = /^(?::?\s*(?:\{\s*)?|\s*\[[A-Z_]*|\s*<[\w|\uff5c\u2581]*)$/;

/**
 * Whether a call of a declared tool that nothing marks but its name may begin here: `NAME{…}`, `NAME:0 {…}`, `NAME[ARGS]{…}`, `NAME<arg_key>`
 * or `[NAME(…)]`, and where an answer, or the fence that is all of it, begins `NAME(…)` and a name before JSON, too. Gives the
 * tag behind which the shaper of calls knows it. Reads nothing.
 */
export function* seesNamedCall(
  reader: TextReader,
  directory: ToolDirectory,
  place: "start" | "line" | "fenced",
): Reading<"<tool_call>" | "<|tool_call_begin|>" | "[TOOL_CALLS]" | undefined> {
  const atStart = place !== "line";
  for (let length = 1; length < longestBeginning; length += 1) {
    const text = yield* reader.peek(length);
    const [all = "", bracket = "", , name = ""] = written.exec(text) ?? [];
    const behind = text.slice(all.length);
    const isWhole = text.length < length;
    if (behind === "") {
      if (isWhole || !(directory.begins(name.replace(/:\d*$/, "")) || namespace.startsWith(name)))
        return undefined;
      continue;
    }
    if (name === "" || directory.find(name) === undefined || (name.endsWith(":") && !atStart))
      return undefined;
    // At the start it is read, and streamed, by the shaper of calls itself.
    if (bracket !== "") return behind.startsWith("(") && place !== "start" ? "<tool_call>" : undefined;
    const [mark] = glued.exec(behind) ?? [];
    if (mark !== undefined)
      return mark.endsWith("]")
        ? "[TOOL_CALLS]"
        : /sep.>$/.test(mark)
          ? "<|tool_call_begin|>"
          : "<tool_call>";
    if ((atStart || index.test(name)) && apart.test(behind)) return "<tool_call>";
    if (isWhole || !mayFollow.test(behind)) return undefined;
  }
  return undefined;
}
