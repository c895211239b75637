import type { ChatEvent, EventBatch } from "../model/events.ts";

/** Text of so many UTF-16 units takes the slowest reader some milliseconds. */
const longestPart = 4096;

/** Events of a batch with not too much text in them. */
export interface Part {
  readonly events: EventBatch;
  /** The next part goes on with the delta that is the last of this one. */
  readonly more: boolean;
}

/** Whether a batch has more text than should be worked through at once. */
export function isLong(events: EventBatch): boolean {
  let room = longestPart;
  for (const event of events) if (event.type === "block-delta") room -= event.text.length;
  return room < 0;
}

/** Cuts a batch into parts; a delta only if it is too long for one, and never between the halves of a character. */
export function* cutEvents(events: EventBatch): Generator<Part, void, undefined> {
  let part: ChatEvent[] = [];
  let room = longestPart;
  for (const event of events) {
    const length = event.type === "block-delta" ? event.text.length : 0;
    if (length > room && part.length > 0) {
      yield { events: part, more: false };
      part = [];
      room = longestPart;
    }
    if (event.type !== "block-delta" || length <= room) {
      part.push(event);
      room -= length;
      continue;
    }
    for (let at = 0; at < length;) {
      const end = endOfPart(event.text, at);
      yield { events: [{ ...event, text: event.text.slice(at, end) }], more: end < length };
      at = end;
    }
  }
  if (part.length > 0) yield { events: part, more: false };
}

function endOfPart(text: string, from: number): number {
  const end = from + longestPart;
  if (end >= text.length) return text.length;
  return (text.charCodeAt(end) & 0xfc00) === 0xdc00 ? end - 1 : end;
}

/** Joins neighbouring deltas of one block: what became of the parts of one delta is one again. */
export function joinDeltas(events: EventBatch): ChatEvent[] {
  const joined: ChatEvent[] = [];
  for (const event of events) {
    const last = joined.at(-1);
    if (event.type === "block-delta" && last?.type === "block-delta" && last.index === event.index) {
      joined[joined.length - 1] = { ...last, text: last.text + event.text };
    } else joined.push(event);
  }
  return joined;
}
