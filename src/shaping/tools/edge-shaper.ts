import type { BlockStart, ChatEvent } from "../../model/events.ts";
import type { Shaper } from "../shaper.ts";
import { writesHarmony } from "../thinking-tags.ts";
import { createEdgeReader, withoutCalls, type EdgeReader } from "./edge-reader.ts";
import { lookForPlainMarker } from "./recognisers/find-recogniser.ts";

/** So much text is seen at once by what follows code in it: less would cost more for each character. */
const longUnseen = 4096;

/**
 * Creates the shaper of answers without tools: reads gpt-oss' channels and leaves out the tokens that templates write
 * around turns and answers. All other text passes as it comes; until the first of those tokens the events themselves do, and
 * most answers have none.
 * A native call, of a tool that nobody offered, is text as a written one is, in the form in which the model would write it.
 */
export function createEdgeShaper(model: string): Shaper {
  /** Made when it is needed. */
  let reader: EdgeReader | undefined;
  // The tokens of harmony may have been stripped: then nothing says that they come.
  let passes = !writesHarmony(model);
  /** Of what passed: who answers, the block that is open, and the index of the next one. */
  let answeredBy: string | undefined;
  let open: BlockStart["kind"] | undefined;
  let next = 0;
  let thought = false;
  let unseen = "";
  /** The end of the text so far, which may become a token. */
  let held = "";
  let waiting: readonly ChatEvent[] = [];
  let finished = false;

  function readerNow(): EdgeReader {
    reader ??= createEdgeReader(model, { answeredBy, thought });
    return reader;
  }

  function seeText(): void {
    readerNow().see(unseen);
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
      if (open !== "reasoning") return passText(event);
      thought = true;
      return event;
    }
    if (held !== "" || (event.type === "block-start" && event.block.kind === "tool-call")) return undefined;
    switch (event.type) {
      case "response-start":
        answeredBy = event.model;
        break;
      case "block-start":
        open = event.block.kind;
        next = event.index + 1;
        break;
      case "block-end":
        open = undefined;
        break;
      case "finish":
        finished = true;
        return event.reason.kind === "tool-calls" ? { ...event, reason: withoutCalls(event.reason) } : event;
    }
    return event;
  }

  /** What the reader gave, as it continues what passed. */
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
    readerNow().push(held);
    return given;
  }

  function pushAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    if (!passes) return readAll(events);
    if (finished) return [];
    const passed = waiting.length === 0 ? [] : [...waiting];
    let at = 0;
    for (const event of events) {
      const one = pass(event);
      if (one === undefined) return [...stopPassing(passed), ...readAll(events.slice(at))];
      if (one.type !== "block-delta" || one.text !== "") passed.push(one);
      if (finished) break;
      at += 1;
    }
    return give(passed);
  }

  function readAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    const edge = readerNow();
    for (const event of events) edge.read(event);
    return follow(edge.take());
  }

  return {
    push: (event) => pushAll([event]),
    pushAll,
    flush() {
      if (passes && held === "") return [];
      const passed = passes ? stopPassing(waiting) : [];
      const edge = readerNow();
      edge.abandon();
      return [...passed, ...follow(edge.take())];
    },
  };
}

function beginsBlock(event: ChatEvent | undefined): boolean {
  return event?.type === "response-start" || event?.type === "block-start";
}
