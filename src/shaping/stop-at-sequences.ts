import type { BlockWriter } from "../model/block-writer.ts";
import type { Usage } from "../model/events.ts";
import { heldSuffix } from "./held-suffix.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";

const unknownUsage: Usage = { estimated: true };

/** The occurrence that is complete first; of those that end together the longest. */
function findFirst(text: string, sequences: readonly string[]): { at: number; sequence: string } | undefined {
  let best: { at: number; sequence: string } | undefined;
  for (const sequence of sequences) {
    const at = text.indexOf(sequence);
    if (at === -1) continue;
    const earlier = best === undefined ? -1 : at + sequence.length - (best.at + best.sequence.length);
    if (best === undefined || earlier < 0 || (earlier === 0 && at < best.at)) best = { at, sequence };
  }
  return best;
}

/**
 * Ends the answer with finish `stop` before the first of `sequences` in its text, also when it comes in pieces.
 * Reasoning and tool calls are not searched. A tail that may be the beginning of a sequence is held until that is
 * certain.
 */
export function stopAtSequences(sequences: readonly string[]): Shaper {
  const wanted = sequences.filter((sequence) => sequence !== "");
  let held = "";

  function release(out: BlockWriter): void {
    out.write("text", held);
    held = "";
  }

  return rewriteEvents({
    text(out, text) {
      const all = held + text;
      const match = findFirst(all, wanted);
      if (match === undefined) {
        const safe = all.length - heldSuffix(all, wanted);
        out.write("text", all.slice(0, safe));
        held = all.slice(safe);
        return;
      }
      held = "";
      out.write("text", all.slice(0, match.at));
      out.finish({ kind: "stop", stopSequence: match.sequence }, unknownUsage);
    },
    release,
  });
}
