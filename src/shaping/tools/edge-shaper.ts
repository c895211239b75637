import type { BlockStart, ChatEvent } from "../../model/events.ts";
import type { Shaper } from "../shaper.ts";
import { writesHarmony } from "../thinking-tags.ts";
import { createEdgeReader, withoutCalls, type EdgeReader } from "./edge-reader.ts";
import { lookForPlainMarker } from "./recognisers/find-recogniser.ts";

/** So much text is seen at once by what follows code in it: less would cost more for each character. */
const longUnseen = 4096;

/** A class, since one is made for each request. */
class EdgeShaper implements Shaper {
  readonly #model: string;
  /** Made when it is needed. */
  #reader: EdgeReader | undefined;
  #passes: boolean;
  /** Of what passed: who answers, the block that is open, and the index of the next one. */
  #answeredBy: string | undefined;
  #open: BlockStart["kind"] | undefined;
  #next = 0;
  #thought = false;
  #unseen = "";
  /** The end of the text so far, which may become a token. */
  #held = "";
  #waiting: readonly ChatEvent[] = [];
  #finished = false;

  constructor(model: string) {
    this.#model = model;
    // The tokens of harmony may have been stripped: then nothing says that they come.
    this.#passes = !writesHarmony(model);
  }

  push(event: ChatEvent): readonly ChatEvent[] {
    return this.pushAll([event]);
  }

  pushAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    if (!this.#passes) return this.#readAll(events);
    if (this.#finished) return [];
    const passed = this.#waiting.length === 0 ? [] : [...this.#waiting];
    let at = 0;
    for (const event of events) {
      const one = this.#pass(event);
      if (one === undefined) return [...this.#stopPassing(passed), ...this.#readAll(events.slice(at))];
      if (one.type !== "block-delta" || one.text !== "") passed.push(one);
      if (this.#finished) break;
      at += 1;
    }
    return this.#give(passed);
  }

  flush(): readonly ChatEvent[] {
    if (this.#passes && this.#held === "") return [];
    const passed = this.#passes ? this.#stopPassing(this.#waiting) : [];
    const edge = this.#readerNow();
    edge.abandon();
    return [...passed, ...this.#follow(edge.take())];
  }

  #readerNow(): EdgeReader {
    this.#reader ??= createEdgeReader(this.#model, { answeredBy: this.#answeredBy, thought: this.#thought });
    return this.#reader;
  }

  #seeText(): void {
    this.#readerNow().see(this.#unseen);
    this.#unseen = "";
  }

  /** What passes of text: not its end if that may become a token. `undefined`: it has one. */
  #passText(event: Extract<ChatEvent, { type: "block-delta" }>): ChatEvent | undefined {
    const text = this.#held + event.text;
    let end = text.length;
    for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
      const mark = lookForPlainMarker(text, at);
      if (mark === undefined) continue;
      if (mark !== null) return undefined;
      end = at;
      break;
    }
    const isWhole = this.#held === "" && end === text.length;
    const passed = isWhole ? event : { ...event, text: text.slice(0, end) };
    this.#held = text.slice(end);
    this.#unseen += passed.text;
    if (this.#unseen.length > longUnseen) this.#seeText();
    return passed;
  }

  /** Notes an event, and gives what passes of it. `undefined`: it has to be read, behind what is held. */
  #pass(event: ChatEvent): ChatEvent | undefined {
    if (event.type === "block-delta") {
      if (this.#open !== "reasoning") return this.#passText(event);
      this.#thought = true;
      return event;
    }
    if (this.#held !== "" || (event.type === "block-start" && event.block.kind === "tool-call"))
      return undefined;
    switch (event.type) {
      case "response-start":
        this.#answeredBy = event.model;
        break;
      case "block-start":
        this.#open = event.block.kind;
        this.#next = event.index + 1;
        break;
      case "block-end":
        this.#open = undefined;
        break;
      case "finish":
        this.#finished = true;
        return event.reason.kind === "tool-calls" ? { ...event, reason: withoutCalls(event.reason) } : event;
    }
    return event;
  }

  /** What the reader gave, as it continues what passed. */
  #follow(given: readonly ChatEvent[]): readonly ChatEvent[] {
    if (this.#next === 0) return given;
    const out: ChatEvent[] = [];
    for (const event of given) {
      if (event.type === "response-start") continue;
      if (this.#open !== undefined) {
        const goesOn = event.type === "block-start" && event.block.kind === this.#open;
        if (goesOn) this.#next -= 1;
        else out.push({ type: "block-end", index: this.#next - 1 });
        this.#open = undefined;
        if (goesOn) continue;
      }
      out.push(event.type === "finish" ? event : { ...event, index: event.index + this.#next });
    }
    return out;
  }

  /** Gives events that pass, but for what begins a block at their end: it may come to hold nothing. */
  #give(events: readonly ChatEvent[]): readonly ChatEvent[] {
    let end = events.length;
    while (end > 0 && beginsBlock(events[end - 1])) end -= 1;
    if (end === events.length) {
      this.#waiting = [];
      return events;
    }
    this.#waiting = events.slice(end);
    return events.slice(0, end);
  }

  /** From here on all is read. Gives what has passed. */
  #stopPassing(passed: readonly ChatEvent[]): readonly ChatEvent[] {
    this.#passes = false;
    this.#seeText();
    const given = this.#give(passed);
    if (this.#waiting.at(-1)?.type === "block-start") {
      this.#open = undefined;
      this.#next -= 1;
    }
    this.#readerNow().push(this.#held);
    return given;
  }

  #readAll(events: readonly ChatEvent[]): readonly ChatEvent[] {
    const edge = this.#readerNow();
    for (const event of events) edge.read(event);
    return this.#follow(edge.take());
  }
}

/**
 * Creates the shaper of answers without tools: reads gpt-oss' channels and leaves out the tokens that templates write
 * around turns and answers. All other text passes as it comes; until the first of those tokens the events themselves do, and
 * most answers have none.
 * A native call, of a tool that nobody offered, is text as a written one is, in the form in which the model would write it.
 */
export function createEdgeShaper(model: string): Shaper {
  return new EdgeShaper(model);
}

function beginsBlock(event: ChatEvent | undefined): boolean {
  return event?.type === "response-start" || event?.type === "block-start";
}
