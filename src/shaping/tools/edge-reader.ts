import type { ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Mutable } from "../../model/mutable.ts";
import { createCallSession } from "./call-session.ts";
import { createCodeTracker } from "./code-tracker.ts";
import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";
import { scanAnswer } from "./scan-answer.ts";

/** What has passed of an answer before it is read. */
export interface PassedText {
  /** What the answer says who gives it; `undefined`: it has not begun. */
  readonly answeredBy: string | undefined;
  /** Whether there were thoughts. */
  readonly thought: boolean;
}

/** Reads an answer without tools. */
export interface EdgeReader {
  /** Learns of text that passed: whether code is open in it. */
  see(text: string): void;
  /** Reads an event; nothing after a finish. */
  read(event: ChatEvent): void;
  /** Reads text of the block that is open. */
  push(text: string): void;
  /** The answer broke off: what was held goes out. */
  abandon(): void;
  /** The events since the last `take`; as an answer of their own, whatever has passed. */
  take(): readonly ChatEvent[];
  readonly finished: boolean;
}

/** Creates the reader of answers of a model (`createEdgeShaper`), of which something may have passed. */
export function createEdgeReader(model: string, { answeredBy, thought }: PassedText): EdgeReader {
  const session = createCallSession({
    request: { tools: [], toolChoice: { kind: "none" }, parallelToolCalls: true },
    model,
    argumentsMode: "whole",
    newCallId: () => "",
  });
  const { reader, outlet, code } = session;
  session.thought = thought;
  if (answeredBy !== undefined) outlet.start(answeredBy);
  let scan = scanAnswer(session);
  let scanned = false;
  let isReasoning = false;
  /** The native call that is open. */
  let call: { readonly name: string; readonly pieces: string[] } | undefined;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  function finish(reason: FinishReason, usage: Usage): void {
    edge.finished = true;
    outlet.settle();
    outlet.finish(withoutCalls(reason), usage);
  }

  function endText(): void {
    reader.end();
    advance();
  }

  /** What comes now is a text of its own. */
  function beginText(): void {
    reader.reopen();
    session.code = createCodeTracker();
    scan = scanAnswer(session);
    scanned = false;
  }

  function writeCall({ name, pieces }: NonNullable<typeof call>): void {
    const gap = session.atStart ? "" : "\n";
    outlet.text(gap + taughtSyntaxFor(model).renderCall(name, pieces.join("")));
    session.atStart = false;
  }

  function read(event: ChatEvent): void {
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        isReasoning = event.block.kind === "reasoning";
        if (event.block.kind === "tool-call") {
          endText();
          call = { name: event.block.name, pieces: [] };
        } else if (event.block.kind === "text" && reader.ended) beginText();
        break;
      case "block-delta":
        if (call !== undefined) {
          call.pieces.push(event.text);
          break;
        }
        if (isReasoning) {
          session.thought = true;
          outlet.reasoning(event.text);
          break;
        }
        reader.push(event.text);
        advance();
        // What follows is the turn of somebody else.
        if (session.overrun) finish({ kind: "stop" }, { estimated: true });
        break;
      case "block-end":
        if (call !== undefined) writeCall(call);
        call = undefined;
        break;
      case "finish":
        endText();
        finish(event.reason, event.usage);
        break;
    }
  }

  const edge: Mutable<EdgeReader> = {
    see(text) {
      code.seeAll(text);
      session.atStart &&= text.trim() === "";
    },
    read(event) {
      if (!edge.finished) read(event);
    },
    push: (text) => reader.push(text),
    abandon() {
      endText();
      outlet.settle();
    },
    take: () => outlet.take(),
    finished: false,
  };
  return edge;
}

/** An answer without calls does not end with any. */
export function withoutCalls(reason: FinishReason): FinishReason {
  return reason.kind === "tool-calls" ? { ...reason, kind: "stop" } : reason;
}
