import type { BlockStart, ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Shaper } from "../shaper.ts";
import { createCallSession } from "./call-session.ts";
import { createCodeTracker } from "./code-tracker.ts";
import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";
import { lookForPlainMarker } from "./recognisers/find-recogniser.ts";
import { scanAnswer } from "./scan-answer.ts";

/** So much text is seen at once by what follows code in it: less would cost more for each character. */
const longUnseen = 4096;

/**
 * Creates the shaper of answers without tools: reads gpt-oss' channels and leaves out the tokens that templates write
 * around turns and answers. All other text passes as it comes; until the first of those tokens the events themselves do.
 * A native call, of a tool that nobody offered, is text as a written one is, in the form in which the model would write it.
 */
export function createEdgeShaper(model: string): Shaper {
  const session = createCallSession({
    request: { tools: [], toolChoice: { kind: "none" }, parallelToolCalls: true },
    model,
    argumentsMode: "whole",
    newCallId: () => "",
  });
  const { reader, outlet, code } = session;
  let scan = scanAnswer(session);
  let passes = !session.mayStripHarmony;
  /** Of what passed: the block that is open, and the index of the next one. */
  let open: BlockStart["kind"] | undefined;
  let next = 0;
  let unseen = "";
  /** The end of the text so far, which may become a token. */
  let held = "";
  let waiting: readonly ChatEvent[] = [];
  let isReasoning = false;
  /** The native call that is open. */
  let call: { readonly name: string; readonly pieces: string[] } | undefined;
  let scanned = false;
  let finished = false;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  function finish(reason: FinishReason, usage: Usage): void {
    finished = true;
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

  function seeText(): void {
    code.seeAll(unseen);
    session.atStart &&= unseen.trim() === "";
    unseen = "";
  }

  /** What passes of text: not its end if that may become a token. `undefined`: it has one. */
  function passText(event: Extract<ChatEvent, { type: "block-delta" }>): ChatEvent | undefined {
    const text = held + event.text;
    let end = text.length;
    for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
      const mark = lookForPlainMarker(text, at);
      if (mark === undefined) continue;
      if (mark !== null) return undefined;
      end = at;
      break;
    }
    const isWhole = held === "" && end === text.length;
    const passed = isWhole ? event : { ...event, text: text.slice(0, end) };
    held = text.slice(end);
    unseen += passed.text;
    if (unseen.length > longUnseen) seeText();
    return passed;
  }

  /** Notes an event, and gives what passes of it. `undefined`: it has to be read, behind what is held. */
  function pass(event: ChatEvent): ChatEvent | undefined {
    if (event.type === "block-delta") {
      if (!isReasoning) return passText(event);
      session.thought = true;
      return event;
    }
    if (held !== "" || (event.type === "block-start" && event.block.kind === "tool-call")) return undefined;
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        open = event.block.kind;
        next = event.index + 1;
        isReasoning = open === "reasoning";
        break;
      case "block-end":
        open = undefined;
        break;
      case "finish":
        finished = true;
        return { ...event, reason: withoutCalls(event.reason) };
    }
    return event;
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

  /** What the outlet gave, as it continues what passed. */
  function follow(given: readonly ChatEvent[]): readonly ChatEvent[] {
    if (next === 0) return given;
    const out: ChatEvent[] = [];
    for (const event of given) {
      if (event.type === "response-start") continue;
      if (open !== undefined) {
        const goesOn = event.type === "block-start" && event.block.kind === open;
        if (goesOn) next -= 1;
        else out.push({ type: "block-end", index: next - 1 });
        open = undefined;
        if (goesOn) continue;
      }
      out.push(event.type === "finish" ? event : { ...event, index: event.index + next });
    }
    return out;
  }

  /** Gives events that pass, but for what begins a block at their end: it may come to hold nothing. */
  function give(events: readonly ChatEvent[]): readonly ChatEvent[] {
    let end = events.length;
    while (end > 0 && beginsBlock(events[end - 1])) end -= 1;
    if (end === events.length) {
      waiting = [];
      return events;
    }
    waiting = events.slice(end);
    return events.slice(0, end);
  }

  /** From here on all is read. Gives what has passed. */
  function stopPassing(passed: readonly ChatEvent[]): readonly ChatEvent[] {
    passes = false;
    seeText();
    const given = give(passed);
    if (waiting.at(-1)?.type === "block-start") {
      open = undefined;
      next -= 1;
    }
    reader.push(held);
    return given;
  }

  function pushAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    if (!passes) return readAll(events);
    const passed = waiting.length === 0 ? [] : [...waiting];
    let at = 0;
    for (const event of events) {
      const one = finished ? undefined : pass(event);
      if (one === undefined) return [...stopPassing(passed), ...readAll(events.slice(at))];
      if (one.type !== "block-delta" || one.text !== "") passed.push(one);
      at += 1;
    }
    return give(passed);
  }

  function readAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    for (const event of events) if (!finished) read(event);
    return follow(outlet.take());
  }

  return {
    push: (event) => pushAll([event]),
    pushAll,
    flush() {
      if (passes && held === "") return [];
      const passed = passes ? stopPassing(waiting) : [];
      endText();
      outlet.settle();
      return [...passed, ...follow(outlet.take())];
    },
  };
}

/** An answer without calls does not end with any. */
function withoutCalls(reason: FinishReason): FinishReason {
  return reason.kind === "tool-calls" ? { ...reason, kind: "stop" } : reason;
}

function beginsBlock(event: ChatEvent | undefined): boolean {
  return event?.type === "response-start" || event?.type === "block-start";
}
