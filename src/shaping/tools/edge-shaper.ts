import type { BlockStart, ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import type { Shaper } from "../shaper.ts";
import { createCallSession } from "./call-session.ts";
import { scanAnswer } from "./scan-answer.ts";

/** So much text is seen at once by what follows code in it: less would cost more for each character. */
const longUnseen = 4096;

/**
 * Creates the shaper of answers without tools: reads gpt-oss' channels and leaves out the tokens that templates write
 * around turns and answers. All other text passes as it comes; until the first `<` the events themselves do.
 */
export function createEdgeShaper(model: string): Shaper {
  const session = createCallSession({
    request: { tools: [], toolChoice: { kind: "none" }, parallelToolCalls: true },
    model,
    argumentsMode: "whole",
    newCallId: () => "",
  });
  const { reader, outlet, code } = session;
  const scan = scanAnswer(session);
  let passes = !session.mayStripHarmony;
  /** Of what passed: the block that is open, and the index of the next one. */
  let open: BlockStart["kind"] | undefined;
  let next = 0;
  let unseen = "";
  let waiting: readonly ChatEvent[] = [];
  let isReasoning = false;
  let scanned = false;
  let finished = false;

  function advance(): void {
    if (!scanned) scanned = scan.next().done === true;
  }

  function finish(reason: FinishReason, usage: Usage): void {
    finished = true;
    outlet.settle();
    outlet.finish(reason, usage);
  }

  function seeText(): void {
    code.seeAll(unseen);
    session.atStart &&= unseen.trim() === "";
    unseen = "";
  }

  /** Notes an event that passes as it is; false if it has to be read. */
  function pass(event: ChatEvent): boolean {
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        open = event.block.kind;
        next = event.index + 1;
        isReasoning = open === "reasoning";
        break;
      case "block-delta":
        if (isReasoning) session.thought = true;
        else if (event.text.includes("<")) return false;
        else {
          unseen += event.text;
          if (unseen.length > longUnseen) seeText();
        }
        break;
      case "block-end":
        open = undefined;
        break;
      case "finish":
        finished = true;
        break;
    }
    return true;
  }

  function read(event: ChatEvent): void {
    switch (event.type) {
      case "response-start":
        outlet.start(event.model);
        break;
      case "block-start":
        isReasoning = event.block.kind === "reasoning";
        break;
      case "block-delta":
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
        break;
      case "finish":
        reader.end();
        advance();
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
    while (beginsBlock(events[end - 1])) end -= 1;
    waiting = events.slice(end);
    return end === events.length ? events : events.slice(0, end);
  }

  function pushAll(pushed: readonly ChatEvent[]): readonly ChatEvent[] {
    if (!passes) return readAll(pushed);
    const events = waiting.length === 0 ? pushed : [...waiting, ...pushed];
    const at = events.findIndex((event) => finished || !pass(event));
    if (at === -1) return give(events);
    passes = false;
    seeText();
    const passed = give(events.slice(0, at));
    if (waiting.at(-1)?.type === "block-start") {
      open = undefined;
      next -= 1;
    }
    return [...passed, ...readAll(events.slice(at))];
  }

  function readAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    for (const event of events) if (!finished) read(event);
    return follow(outlet.take());
  }

  return {
    push: (event) => pushAll([event]),
    pushAll,
    flush() {
      if (passes) return [];
      reader.end();
      advance();
      outlet.settle();
      return follow(outlet.take());
    },
  };
}

function beginsBlock(event: ChatEvent | undefined): boolean {
  return event?.type === "response-start" || event?.type === "block-start";
}
