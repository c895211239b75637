import type { Mutable } from "../../model/mutable.ts";
import { createCallSession } from "./call-session.ts";
import type { Outlet } from "./outlet.ts";
import { scanAnswer } from "./scan-answer.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/** Follows a text that is not the answer (thinking, say) and knows whether it ends with calls. */
export interface CallFinder {
  push(text: string): void;
  /** The text is over. The model ended it, so that missing closing tags are only sloppiness. */
  end(): void;
  /** Where what is no call ends, in UTF-16 units from the beginning; what follows was read as calls, or is not decided yet. */
  readonly textEnd: number;
  /** Whether only calls stand behind it, each of a declared tool and with arguments that fit. Set by `end`. */
  readonly found: boolean;
  /** Whether it is nothing but such calls. Set by `end`. */
  readonly isAll: boolean;
}

/** Creates a finder. */
export function createCallFinder(options: ToolCallShaperOptions): CallFinder {
  let calls = 0;

  /** All up to here is no call: blanks at its end may belong to the next one. */
  function passed(text: string): void {
    const body = text.trimEnd();
    if (body === "") return;
    calls = 0;
    outlet.followsCall = false;
    finder.textEnd = session.reader.consumed - (text.length - body.length);
  }

  const outlet: Mutable<Outlet> = {
    followsCall: false,
    text: passed,
    reasoning: passed,
    reject() {
      passed(".");
      outlet.followsCall = true;
    },
    closeCall() {
      calls += 1;
      outlet.followsCall = true;
    },
    begun: () => false,
    take: () => [],
    start() {},
    openCall() {},
    arguments() {},
    pardon() {},
    layout() {},
    hold() {},
    release() {},
    dropRejected() {},
    dropCut() {},
    dropText() {},
    finish() {},
    settle() {},
  };
  const request = { ...options.request, toolChoice: { kind: "auto" }, parallelToolCalls: true } as const;
  const session = createCallSession(
    { ...options, request, argumentsMode: "whole", onMisfit: undefined },
    outlet,
  );
  const scan = scanAnswer(session);
  let scanned = false;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  const finder: Mutable<CallFinder> = {
    textEnd: 0,
    found: false,
    isAll: false,
    push(text) {
      session.reader.push(text);
      advance();
    },
    end() {
      session.endedByModel = true;
      session.reader.end();
      advance();
      finder.found = calls > 0;
      finder.isAll = finder.found && finder.textEnd === 0;
    },
  };
  return finder;
}
