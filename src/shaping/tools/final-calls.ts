import type { BlockWriter } from "../../model/block-writer.ts";
import { endedByModel } from "../../model/ended-by-model.ts";
import { createFenceTracker } from "../create-fence-tracker.ts";
import { rewriteEvents } from "../rewrite-events.ts";
import type { Shaper } from "../shaper.ts";
import { createFinalReader, type FinalReader } from "./final-reader.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/**
 * Creates the shaper that finds calls which only their place at the end of the answer makes calls, for the shaper of calls
 * behind it, which gets them as a text block of their own, in tags. Each must be of a declared tool, with arguments that fit:
 *
 * - JSON on lines of its own outside of code; JSON in a fence; either behind words or not (Llama 3.3, Gemma, small models);
 * - a whole answer that is one fence around marked calls; marked calls in a fence that was never closed.
 *
 * What is followed by anything, a native call too, is text. A leaked header of the assistant's role is left out.
 * Text passes at once, but for what may be such a call.
 */
export function createFinalCallShaper(options: ToolCallShaperOptions): Shaper {
  let out: BlockWriter | undefined;
  let final = beginText();

  function beginText(): FinalReader {
    const fences = createFenceTracker();
    return createFinalReader(options, {
      text(text) {
        fences.push(text);
        out?.write("text", text);
      },
      calls(markup) {
        out?.close();
        out?.write("text", markup);
        out?.close();
      },
      inFence: () => fences.inside(),
    });
  }

  return rewriteEvents({
    text(writer, text) {
      out = writer;
      final.push(text);
    },
    toolCall(writer) {
      out = writer;
      final.end(false);
      final = beginText();
    },
    finish(writer, reason, usage) {
      out = writer;
      final.end(endedByModel(reason));
      writer.finish(reason, usage);
    },
    abandon: () => final.abandon(),
  });
}
