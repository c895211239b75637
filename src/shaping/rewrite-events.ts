import { createBlockWriter, type BlockWriter } from "../model/block-writer.ts";
import type { BlockStart, ChatEvent, FinishReason, Usage } from "../model/events.ts";
import type { Shaper } from "./shaper.ts";

/** What a machine does with the events that concern it; all others are written as they are. */
export interface EventChanges {
  readonly text?: (out: BlockWriter, text: string) => void;
  readonly reasoning?: (out: BlockWriter, text: string) => void;
  /** Something other than text comes, or nothing more: text that was held back has to go out now. */
  readonly release?: (out: BlockWriter) => void;
  /** The answer broke off without a finish. Default: `release`. */
  readonly abandon?: (out: BlockWriter) => void;
  /** A tool call is about to be opened. */
  readonly toolCall?: (out: BlockWriter) => void;
  /** A piece of the arguments of the tool call that is open. */
  readonly arguments?: (out: BlockWriter, text: string) => void;
  readonly finish?: (out: BlockWriter, reason: FinishReason, usage: Usage) => void;
}

/**
 * Makes a shaper of a few changes. Neighbouring blocks of text (or of reasoning) become one block, empty blocks
 * vanish, and nothing is read after a finish.
 */
export function rewriteEvents(changes: EventChanges): Shaper {
  let out: BlockWriter | undefined;
  let reading: BlockStart["kind"] | undefined;

  function write(writer: BlockWriter, event: ChatEvent): void {
    switch (event.type) {
      case "response-start":
        return;
      case "block-start":
        reading = event.block.kind;
        if (reading !== "text") changes.release?.(writer);
        if (event.block.kind === "tool-call") {
          changes.toolCall?.(writer);
          writer.openToolCall(event.block.callId, event.block.name);
        }
        return;
      case "block-delta":
        if (reading === "tool-call") {
          if (changes.arguments === undefined) writer.writeArguments(event.text);
          else changes.arguments(writer, event.text);
        } else if (reading === "text" && changes.text !== undefined) changes.text(writer, event.text);
        else if (reading === "reasoning" && changes.reasoning !== undefined) {
          changes.reasoning(writer, event.text);
        } else if (reading !== undefined) writer.write(reading, event.text);
        return;
      case "block-end":
        if (reading === "tool-call") writer.close();
        reading = undefined;
        return;
      case "finish":
        changes.release?.(writer);
        if (changes.finish === undefined) writer.finish(event.reason, event.usage);
        else changes.finish(writer, event.reason, event.usage);
        return;
    }
  }

  function read(event: ChatEvent): BlockWriter {
    if (event.type === "response-start") out = createBlockWriter(event.model);
    if (out === undefined) throw new Error("An event came before the response began.");
    if (!out.finished) write(out, event);
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
      (changes.abandon ?? changes.release)?.(out);
      return out.take();
    },
  };
}
