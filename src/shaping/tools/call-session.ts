import type { Mutable } from "../../model/mutable.ts";
import { createCallWriter, createIdleCallWriter, type CallWriter } from "./call-writer.ts";
import { createCodeTracker, type CodeTracker } from "./code-tracker.ts";
import { createCallTwins } from "./call-twins.ts";
import type { CallOutcome, Fault } from "./faults.ts";
import { readJsonArguments, rereadArguments, type ArgumentsEnd } from "./json-arguments.ts";
import { createOutlet, type Outlet } from "./outlet.ts";
import { createTextReader, type Reading, type Stops, type TextReader } from "./text-reader.ts";
import { createToolDirectory, type ToolDirectory } from "./tool-directory.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";
import { writesHarmony } from "../thinking-tags.ts";

/** A call that was not written as text. */
export interface CallSource {
  readonly callId: string;
  /** What it is as text. */
  raw(): string;
  /** Learns what became of it. */
  note(outcome: CallOutcome): void;
}

/** Longer than any marker. */
export const longestEnd = 64;

/** Whether a text ends here, or after the word that is next, which may be a part of a marker. */
export function endsInWord({ text, at, ended }: TextReader): boolean {
  return ended && text.length - at < longestEnd && /^\S*$/.test(text.slice(at).trim());
}

/** What the recognisers of one answer share. */
export interface CallSession {
  readonly reader: TextReader;
  readonly outlet: Outlet;
  /** Has seen all text that passed. */
  code: CodeTracker;
  readonly directory: ToolDirectory;
  /** Set when the answer is over: whether the model itself ended it, so that missing closing tags are only sloppiness. */
  endedByModel: boolean;
  /** Whether tools are offered. Without them only channels and the edges of the answer are markup. */
  readonly offersTools: boolean;
  /** Whether the model writes harmony, the tokens of which a server may have stripped. */
  readonly mayStripHarmony: boolean;
  /** Nothing but white space and markup so far. */
  atStart: boolean;
  /** Whether thinking was found before this stage. */
  thought: boolean;
  /** Set when the answer was cut for its length rather than broken off. */
  cutForLength: boolean;
  /** Set by the first harmony token: its other tokens are then markup, too. */
  harmony: boolean;
  /** Set by the first part of an answer in the manner of Kimi K3: what closes its parts is then markup. */
  sections: boolean;
  /**
   * Nothing but white space in this line so far, or a call or a sentence ended just here: where openings that prose has,
   * too, begin calls, and where closing tags at the end may be too many.
   */
  lineStart: boolean;
  /** Set by an opening that was text: closing tags may then belong to it. */
  openedAsText: boolean;
  /** Whether one of harmony's messages was text. */
  wroteMessage: boolean;
  /** What closes the markup around the answer, once it was opened. */
  wrapper: string | undefined;
  /** Set where the text speaks of the tokens around turns: their ends then do not end the answer. */
  quotesTurns: boolean;
  /** Set by `<s>`: what ends it is HTML then. */
  strikes: boolean;
  /** Set where the model goes on to write the results of its calls itself: nothing from there on is its to say. */
  overrun: boolean;
  /**
   * The tool of a native call before which the text ends, while that end is read: what the text began of a call there is
   * the beginning of that one, which its server took for text.
   */
  leadsTo: { readonly tool: string | undefined } | undefined;
  /** Begins a call. Without a `source` what the reader recorded is the call's raw text so far. */
  begin(name: string, source?: CallSource): CallWriter;
  /** A call whose name can't even be read. */
  refuse(kind: "unreadable" | "cut"): void;
  /** The call that was refused last is only shown: it is text after all. */
  pardon(): void;
  readonly faults: readonly Fault[];
  /** Names of the calls that were given out before the first fault. */
  readonly accepted: readonly string[];
  /** Calls given out so far. */
  readonly given: number;
  /** Calls that only miss the schema: they are given out once no more turns are left. */
  readonly passable: number;
  /** Whether a call was given out of which the end is missing. */
  readonly cut: boolean;
}

/**
 * A recogniser: its opening is read and recorded. False: it is no call after all, and what was read is text.
 * `nested`: what was read only wraps calls that other recognisers know.
 */
export type Recogniser = (session: CallSession) => Reading<boolean | "nested">;

/** Creates the session of one answer. `outlet`: what is done with what is read; by default it is made into events. */
export function createCallSession(
  options: ToolCallShaperOptions,
  outlet: Outlet = createOutlet(options.request.tools.length > 0 ? options.newCallId : undefined),
): CallSession {
  const { request } = options;
  const reader = createTextReader();
  const directory = createToolDirectory(request.tools, options.work);
  const faults: Fault[] = [];
  const accepted: string[] = [];
  const twins = createCallTwins(directory.budget);
  const isNative = options.native === true;
  const streams = options.argumentsMode === "stream";
  const mustCall = request.toolChoice.kind === "required" || request.toolChoice.kind === "function";
  if (mustCall) outlet.hold();

  /** Whether a call of which only a part was written is one that comes natively now. */
  function isBeginning(fault: Fault): boolean {
    const { leadsTo } = session;
    if (leadsTo === undefined || !("name" in fault) || !endsInWord(reader)) return false;
    return fault.name === undefined || (leadsTo.tool ?? "").startsWith(fault.name);
  }

  function reject(fault: Fault, source?: CallSource, call?: { name: string; arguments: string }): void {
    if (source === undefined && isBeginning(fault)) {
      reader.take(reader.text.length - reader.at);
      reader.record();
      return;
    }
    // From here on all is kept: the model may be asked again, and then writes this and what follows anew.
    if (faults.length === 0) outlet.hold();
    faults.push(fault);
    const isCut = fault.kind === "cut";
    // Of half a call that was not written there is no text.
    const raw = source === undefined ? reader.recorded() : isCut ? "" : source.raw();
    const passable = call === undefined ? undefined : { ...call, callId: source?.callId };
    outlet.reject({ raw, isCut, call: passable });
    source?.note(fault);
    if (source === undefined) reader.record();
  }

  const session: Mutable<CallSession> = {
    reader,
    outlet,
    code: createCodeTracker(),
    directory,
    endedByModel: false,
    offersTools: request.tools.length > 0,
    mayStripHarmony: writesHarmony(options.model),
    atStart: true,
    thought: false,
    cutForLength: false,
    harmony: false,
    sections: false,
    lineStart: true,
    openedAsText: false,
    wroteMessage: false,
    wrapper: undefined,
    quotesTurns: false,
    strikes: false,
    overrun: false,
    leadsTo: undefined,
    begin(name, source) {
      if (session.given + session.passable > 0 && !request.parallelToolCalls) {
        return createIdleCallWriter(() => {
          source?.note("surplus");
          if (source === undefined) reader.record();
        });
      }
      const tool = directory.find(name);
      if (tool === undefined) {
        const fault = { kind: "unknown-tool", name: directory.bareName(name) } as const;
        return createIdleCallWriter(() => reject(fault, source));
      }
      const declared = tool.definition.name;
      if (request.toolChoice.kind === "function" && request.toolChoice.name !== declared) {
        return createIdleCallWriter(() => reject({ kind: "other-tool", name: declared }, source));
      }
      const twin = twins.begin(declared, source === undefined ? "written" : "native");
      return createCallWriter(
        tool,
        {
          open() {
            source?.note(faults.length === 0 ? "accepted" : "held");
            if (faults.length === 0) {
              outlet.release();
              accepted.push(declared);
            }
            session.given += 1;
            if (source === undefined) reader.forget();
            outlet.openCall(declared, source?.callId);
          },
          write(text) {
            if (isNative) twin.write(text);
            outlet.arguments(text);
          },
          close(complete) {
            session.cut ||= !complete;
            if (isNative) twin.end();
            outlet.closeCall();
            if (source === undefined) reader.record();
          },
          repeats(argumentsJson) {
            if (!twin.repeats(argumentsJson)) return false;
            source?.note(faults.length === 0 ? "accepted" : "held");
            if (source === undefined) reader.record();
            return true;
          },
          refuse(kind, schemaFaults, argumentsJson) {
            if (kind !== "schema" || argumentsJson === undefined) {
              reject({ kind: kind === "cut" ? "cut" : "unreadable", name: declared }, source);
              return;
            }
            session.passable += 1;
            options.onMisfit?.(declared);
            if (isNative) twin.end(argumentsJson);
            reject({ kind, name: declared, faults: schemaFaults }, source, {
              name: declared,
              arguments: argumentsJson,
            });
          },
        },
        {
          // A call in the text of a server that reads calls itself may come natively, too: it waits to be compared.
          streams: streams && (source === undefined ? !isNative : !twin.mayRepeat()),
          keepsCut: () => (options.keepsCut === true || (streams && isNative)) && session.cutForLength,
        },
      );
    },
    refuse: (kind) => reject({ kind, name: undefined }),
    pardon() {
      faults.pop();
      outlet.pardon();
      if (faults.length === 0 && !mustCall) outlet.release();
    },
    faults,
    accepted,
    given: 0,
    passable: 0,
    cut: false,
  };
  return session;
}

/** How reading a call's arguments ended, once all was tried. */
export type SettledEnd = Exclude<ArgumentsEnd, "broken"> | "unreadable";

/** What follows arguments that ended too early, at a quote in code that should have been escaped. */
const goesOn = /["'()=+\\]/;

/**
 * Reads the JSON arguments of a call and makes the best of them: when they are broken on the way, reads on to one of
 * `closers` and tries all of it as a whole. `bracket`: what the call itself closes right behind them.
 */
export function* readSettledArguments(
  session: Pick<CallSession, "reader" | "directory" | "endedByModel">,
  call: CallWriter,
  closers: Stops,
  bracket?: ")",
): Reading<SettledEnd> {
  const { reader, directory } = session;
  const mark = reader.mark();
  const end = yield* readJsonArguments(reader, call);
  if (end === "complete" && !call.opened) {
    const next = yield* reader.peek(1);
    if (next !== bracket && goesOn.test(next)) {
      yield* reader.until(closers, () => {});
      return "unreadable";
    }
  }
  if (end !== "broken") return end;
  const closed = yield* reader.until(closers, () => {});
  if (!closed && !session.endedByModel) return "cut";
  return rereadArguments(reader.recorded(mark), call, directory.budget) ? "complete" : "unreadable";
}

/** Ends a call according to how its arguments ended. Call it when the call's closing markup is read. */
export function concludeCall(
  session: Pick<CallSession, "reader" | "endedByModel">,
  call: CallWriter,
  end: SettledEnd,
): void {
  if (end === "complete") call.end();
  else if (end === "unreadable") call.fail();
  else if (
    end === "open" &&
    (!(session.reader.ended && session.reader.at === session.reader.text.length) || session.endedByModel)
  )
    call.end();
  else call.cut();
}
