import type { BlockWriter } from "../model/block-writer.ts";
import type { Usage } from "../model/events.ts";
import { createWordFinder } from "./find-words.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";

const unknownUsage: Usage = { estimated: true };

/**
 * Ends the answer with finish `stop` before the first of `sequences` in its text, also when it comes in pieces.
 * Reasoning and tool calls are not searched. A tail that may be the beginning of a sequence is held until that is
 * certain.
 */
export function stopAtSequences(sequences: readonly string[]): Shaper {
  const finder = createWordFinder(sequences.filter((sequence) => sequence !== ""));
  let held = "";

  function release(out: BlockWriter): void {
    out.write("text", held);
    held = "";
    finder.reset();
  }

  return rewriteEvents({
    text(out, text) {
      const found = finder.read(text);
      const all = held + text;
      if (found === undefined) {
        const safe = all.length - finder.held();
        out.write("text", all.slice(0, safe));
        held = all.slice(safe);
        return;
      }
      const at = held.length + found.end - found.word.length;
      held = "";
      out.write("text", all.slice(0, at));
      out.finish({ kind: "stop", stopSequence: found.word }, unknownUsage);
    },
    release,
  });
}
