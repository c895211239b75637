import { concludeCall, readSettledArguments, type CallSession } from "./call-session.ts";
import type { CallOutcome } from "./faults.ts";
import { gatherText, type GatheredText } from "./gather-text.ts";
import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";
import { createTextReader, type Stops } from "./text-reader.ts";

/** A call that a server gave as such, not as text. */
export interface NativeCall {
  /** The server's, or ours where that can't be used. */
  readonly callId: string;
  /** As the model gave it. */
  readonly name: string;
  /** As far as they have come, whatever they are. */
  readonly arguments: GatheredText;
  /** `undefined` until it has ended. */
  outcome: CallOutcome | undefined;
}

/** Reads native calls by what reads the arguments of written ones: they are mended, checked and given out in the same way. */
export interface NativeReader {
  /** All of the answer so far, in order. */
  readonly calls: readonly NativeCall[];
  begin(callId: string, name: string): void;
  /** A piece of the arguments of the call that was begun last. */
  push(text: string): void;
  /** The call that was begun last, if any, is over. `byModel`: the model itself ended it, and not the end of the answer. */
  end(byModel: boolean): void;
}

/** All of the text is arguments: nothing ends them but its end. */
const noStops: Stops = { find: () => -1, held: (text) => text.length };

/** Creates the reader of the native calls of one answer. */
export function createNativeReader(
  session: CallSession,
  options: {
    readonly model: string;
    readonly newCallId: () => string;
    /** Ids that are taken; those of the calls are added. */
    readonly usedIds: Set<string>;
    /** Whether the answer has text before the call. */
    readonly followsText: () => boolean;
  },
): NativeReader {
  const calls: NativeCall[] = [];
  let open: Pick<NativeReader, "push" | "end"> | undefined;

  /** The id that a call comes with, if it has one that names no other call. */
  function toCallId(given: string): string {
    const callId = given.trim() === "" || options.usedIds.has(given) ? options.newCallId() : given;
    options.usedIds.add(callId);
    return callId;
  }

  return {
    calls,
    begin(givenId, name) {
      const native: NativeCall = {
        callId: toCallId(givenId),
        name,
        arguments: gatherText(),
        outcome: undefined,
      };
      calls.push(native);
      const reader = createTextReader(false);
      const part = { reader, directory: session.directory, endedByModel: false };
      const call = session.begin(name, {
        callId: native.callId,
        raw: () => (options.followsText() ? "\n" : "") + writeCall(native, options.model),
        note: (outcome) => void (native.outcome = outcome),
      });
      reader.record();
      const reading = readSettledArguments(part, call, noStops);
      let step = reading.next();
      let isBlank = true;

      open = {
        push(text) {
          isBlank &&= text.trim() === "";
          native.arguments.add(text);
          reader.push(text);
          if (step.done !== true) step = reading.next();
        },
        end(byModel) {
          part.endedByModel = byModel;
          reader.end();
          if (step.done !== true) step = reading.next();
          const end = step.done === true ? step.value : "cut";
          // No arguments at all are none, unless the answer ended before them.
          concludeCall(part, call, isBlank && byModel ? "complete" : end);
        },
      };
    },
    push: (text) => open?.push(text),
    end(byModel) {
      open?.end(byModel);
      open = undefined;
    },
  };
}

/** A call as text, as the model would write it. */
function writeCall(call: NativeCall, model: string): string {
  return taughtSyntaxFor(model).renderCall(call.name, call.arguments.text());
}
