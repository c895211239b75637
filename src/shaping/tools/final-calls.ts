import { createBlockWriter, type BlockWriter } from "../../model/block-writer.ts";
import type { ChatEvent } from "../../model/events.ts";
import { createFenceTracker } from "../create-fence-tracker.ts";
import type { Shaper } from "../shaper.ts";
import { createFinalReader } from "./final-reader.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/**
 * Creates the shaper that finds calls which only their place at the end of the answer makes calls, for the shaper of calls
 * behind it, which gets them as a text block of their own, in tags. Each must be of a declared tool, with arguments that fit:
 *
 * - JSON on lines of its own outside of code; JSON in a fence; either behind words or not (Llama 3.3, Gemma, small models);
 * - a whole answer that is one fence around marked calls; marked calls in a fence that was never closed.
 *
 * What is followed by anything is text. A leaked header of the assistant's role is left out.
 * Text passes at once, but for what may be such a call.
 */
export function createFinalCallShaper(options: ToolCallShaperOptions): Shaper {
  const fences = createFenceTracker();
  let out: BlockWriter | undefined;
  let kind = "text";

  const final = createFinalReader(options, {
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

  function read(event: ChatEvent): BlockWriter {
    if (event.type === "response-start") out = createBlockWriter(event.model);
    if (out === undefined) throw new Error("An event came before the response began.");
    if (event.type === "block-start") kind = event.block.kind;
    else if (event.type === "block-delta") {
      if (kind === "reasoning") out.write("reasoning", event.text);
      else final.push(event.text);
    } else if (event.type === "finish") {
      const { reason, usage } = event;
      final.end(reason.kind !== "length" && reason.kind !== "content-filter");
      out.finish(reason, usage);
    }
    return out;
  }

  return {
    push: (event) => read(event).take(),
    pushAll(events) {
      for (const event of events) read(event);
      return out?.take() ?? [];
    },
    flush() {
      if (out === undefined || out.finished) return [];
      final.abandon();
      return out.take();
    },
  };
}
