import type { BlockWriter } from "../model/block-writer.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";

/** Puts reasoning into the text as `<think>` LF … LF `</think>` LF LF, the form in which servers put it there. */
export function inlineReasoning(): Shaper {
  let thinking = false;

  function closeThinking(out: BlockWriter): void {
    if (thinking) out.write("text", "\n</think>\n\n");
    thinking = false;
  }

  return rewriteEvents({
    reasoning(out, text) {
      if (!thinking) out.write("text", "<think>\n");
      thinking = true;
      out.write("text", text);
    },
    text(out, text) {
      closeThinking(out);
      out.write("text", text);
    },
    finish(out, reason, usage) {
      closeThinking(out);
      out.finish(reason, usage);
    },
    toolCall: closeThinking,
  });
}

/** Leaves reasoning out. */
export function dropReasoning(): Shaper {
  return rewriteEvents({ reasoning: () => undefined });
}
