import type { BlockWriter } from "../../model/block-writer.ts";
import { endedByModel } from "../../model/ended-by-model.ts";
import { createFenceTracker } from "../create-fence-tracker.ts";
import { rewriteEvents } from "../rewrite-events.ts";
import type { Shaper } from "../shaper.ts";
import { turnEndsAfterCall } from "../turn-tokens.ts";
import { createCallFinder } from "./create-call-finder.ts";
import { createFinalReader } from "./final-reader.ts";
import { fold } from "./text-reader.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

const ends = turnEndsAfterCall.map(fold);
/** More than the tokens that end a turn is text. */
const longestEnd = 200;

/** Whether a text is blank but for tokens that end a turn, of which the last may not be whole. */
function isEnd(text: string): boolean {
  if (text.length > longestEnd) return false;
  let rest = fold(text).trimStart();
  for (let end = ends.find((one) => rest.startsWith(one)); end !== undefined;) {
    rest = rest.slice(end.length).trimStart();
    end = ends.find((one) => rest.startsWith(one));
  }
  return rest === "" || ends.some((one) => one.startsWith(rest));
}

/**
 * Creates the shaper that finds calls inside of thinking, for the shaper of calls behind it. Models that call tools from
 * their thinking (Kimi, Qwen3.5, DeepSeek V4, GLM, MiniMax) often don't close it before the call, or close it with nothing
 * behind. If an answer that the model ended has no text, and its thinking ends in complete calls of declared tools, marked or
 * such as `createFinalCallShaper` finds, they are given as text; what stood before them stays thinking. Calls that the model only thinks about stay thinking, too,
 * and so do all where a call came natively.
 *
 * Thinking passes at once, but for what may be such a call.
 */
export function createThoughtCallShaper(options: ToolCallShaperOptions): Shaper {
  const finder = createCallFinder(options);
  /** Thinking that was not given yet, and where it begins. */
  let held = "";
  let given = 0;
  let blanks = "";
  /** The answer has text, or is over: nothing is looked for any more. */
  let settled = false;
  const fences = createFenceTracker();
  let calls: string | undefined;
  const final = createFinalReader(options, {
    text(text) {
      fences.push(text);
      held += text;
      finder.push(text);
    },
    calls(markup) {
      calls = markup;
    },
    inFence: () => fences.inside(),
  });

  function give(writer: BlockWriter, end: number): void {
    if (end <= given) return;
    writer.write("reasoning", held.slice(0, end - given));
    held = held.slice(end - given);
    given = end;
  }

  function settle(writer: BlockWriter): void {
    if (settled) return;
    settled = true;
    final.end(false);
    writer.write("reasoning", held);
    writer.write("text", blanks);
  }

  function think(writer: BlockWriter, text: string): void {
    if (settled) {
      writer.write("reasoning", text);
      return;
    }
    final.push(text);
    give(writer, finder.textEnd);
  }

  function say(writer: BlockWriter, text: string): void {
    if (!settled && isEnd(blanks + text)) {
      blanks += text;
      return;
    }
    settle(writer);
    writer.write("text", text);
  }

  function endThinking(writer: BlockWriter): void {
    if (settled) return;
    final.end(true);
    finder.end();
    give(writer, calls === undefined ? finder.textEnd : given + held.trimEnd().length);
    if (!finder.found && calls === undefined) return;
    settled = true;
    writer.close();
    writer.write("text", calls ?? held.trimStart());
  }

  return rewriteEvents({
    text: say,
    reasoning: think,
    toolCall: settle,
    finish(writer, reason, usage) {
      if (endedByModel(reason)) endThinking(writer);
      settle(writer);
      writer.finish(reason, usage);
    },
    abandon: settle,
  });
}
