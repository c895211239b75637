import type { BlockStart, ChatEvent, FinishReason, Usage } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";
import { gatherText, type GatheredText } from "../shaping/tools/index.ts";
import { createGivenCalls } from "./given-calls.ts";
import { findNewText } from "./find-new-text.ts";

/** Makes one legal answer of the events of several turns. */
export interface AnswerJoiner {
  /** Renumbers blocks and completes the usage that the finish has. */
  add(events: readonly ChatEvent[], usage: (reported: Usage) => Usage): ChatEvent[];
  /** The turn ends without a finish and another follows: closes its block. `keepsText`: only calls of that turn are wanted. */
  nextTurn(keepsText: boolean): ChatEvent[];
  /** The turn failed: gives what was held back if the client has seen anything, and closes its block. */
  abandon(held: { flush(): ChatEvent[] }): ChatEvent[];
  readonly finished: boolean;
  /** Whether the client has seen a call, or the beginning of one. */
  readonly gaveCall: boolean;
  /** Whether the client has seen text. */
  readonly gaveText: boolean;
}

type CallStart = Extract<BlockStart, { kind: "tool-call" }>;

const gap = "\n\n";

/**
 * Creates a joiner; `model` is what the answer says who gave it. In a turn that follows a text already given, text is held until the turn's end and left out if
 * the turn calls a tool, or if the text given stands: the model says the same again before the corrected call. What it
 * gives again of the text and the calls that were given is left out. A call that may be such a one is held until it is whole. Text and
 * thoughts of different turns are a blank line apart, since many clients join blocks to one text.
 */
export function createAnswerJoiner(model: string): AnswerJoiner {
  let count = 0;
  let open: BlockStart["kind"] | undefined;
  let started = false;
  let gaveThoughts = false;
  /** The next thoughts follow those of an earlier turn. */
  let wantsGap = false;
  let holdsText = false;
  /** No more text is wanted: what was given stands. */
  let dropsText = false;
  let isHeldBlock = false;
  let heldText: string[] = [];
  /** The blocks of text that were given. */
  const texts: GatheredText[] = [];
  const calls = createGivenCalls();
  let heldCall: { readonly block: CallStart; readonly text: GatheredText } | undefined;

  function closeBlock(out: ChatEvent[]): void {
    if (open === undefined) return;
    open = undefined;
    out.push({ type: "block-end", index: count - 1 });
  }

  function openBlock(out: ChatEvent[], block: BlockStart): void {
    out.push({ type: "block-start", index: count, block });
    count += 1;
    open = block.kind;
    if (block.kind === "text") texts.push(gatherText());
    if (block.kind === "tool-call") {
      heldText = [];
      holdsText = false;
      joiner.gaveCall = true;
      calls.begin(block.name);
    }
  }

  function releaseCall(out: ChatEvent[], { block, text }: NonNullable<typeof heldCall>): void {
    heldCall = undefined;
    const json = text.text();
    if (calls.repeats(block.name, json)) {
      // What was said before it was said before.
      heldText = [];
      return;
    }
    openBlock(out, block);
    if (json !== "") giveDelta(out, { type: "block-delta", index: count - 1, text: json });
    closeBlock(out);
  }

  function releaseText(out: ChatEvent[]): void {
    const text = heldText.join("");
    heldText = [];
    holdsText = false;
    isHeldBlock = false;
    if (text === "" || dropsText) return;
    const given = texts.map((one) => one.text());
    const fresh = findNewText(text, given) ?? gap + text;
    if (fresh.trim() === "") return;
    openBlock(out, { kind: "text" });
    giveDelta(out, { type: "block-delta", index: count - 1, text: fresh });
    closeBlock(out);
  }

  function giveDelta(out: ChatEvent[], event: Extract<ChatEvent, { type: "block-delta" }>): void {
    const index = count - 1;
    if (open === "text") {
      joiner.gaveText = true;
      texts.at(-1)?.add(event.text);
    }
    if (open === "tool-call") calls.write(event.text);
    if (open === "reasoning") gaveThoughts = true;
    if (open === "reasoning" && wantsGap) {
      wantsGap = false;
      out.push({ ...event, index, text: gap + event.text });
    } else out.push(event.index === index ? event : { ...event, index });
  }

  /** A call of an earlier turn counts, even if the last turn was only text. */
  function toReason(reason: FinishReason): FinishReason {
    return joiner.gaveCall && reason.kind === "stop" ? { ...reason, kind: "tool-calls" } : reason;
  }

  function addEvent(out: ChatEvent[], event: ChatEvent, usage: (reported: Usage) => Usage): void {
    switch (event.type) {
      case "response-start":
        if (!started) out.push({ ...event, model });
        started = true;
        return;
      case "block-start":
        isHeldBlock = holdsText && event.block.kind === "text";
        if (isHeldBlock) return;
        if (event.block.kind === "tool-call" && calls.mayRepeat(event.block.name)) {
          heldCall = { block: event.block, text: gatherText() };
        } else openBlock(out, event.block);
        return;
      case "block-delta":
        if (heldCall !== undefined) heldCall.text.add(event.text);
        else if (isHeldBlock) heldText.push(event.text);
        else giveDelta(out, event);
        return;
      case "block-end":
        if (heldCall !== undefined) releaseCall(out, heldCall);
        else if (isHeldBlock) isHeldBlock = false;
        else closeBlock(out);
        return;
      case "finish":
        releaseText(out);
        joiner.finished = true;
        out.push({ ...event, reason: toReason(event.reason), usage: usage(event.usage) });
        return;
    }
  }

  const joiner: Mutable<AnswerJoiner> = {
    finished: false,
    gaveCall: false,
    gaveText: false,
    add(events, usage) {
      const out: ChatEvent[] = [];
      for (const event of events) addEvent(out, event, usage);
      return out;
    },
    nextTurn(keepsText) {
      const out: ChatEvent[] = [];
      closeBlock(out);
      heldCall = undefined;
      calls.nextTurn();
      heldText = [];
      holdsText = joiner.gaveText;
      dropsText ||= keepsText;
      wantsGap = gaveThoughts;
      isHeldBlock = false;
      return out;
    },
    abandon(held) {
      if (count === 0) return [];
      const out: ChatEvent[] = [];
      let rest = held.flush();
      // Nobody knows what a half call would have become.
      if (heldCall !== undefined) rest = rest.slice(rest.findIndex(({ type }) => type === "block-end") + 1);
      heldCall = undefined;
      for (const event of rest)
        if (event.type !== "finish") addEvent(out, event, () => ({ estimated: true }));
      closeBlock(out);
      releaseText(out);
      return out;
    },
  };
  return joiner;
}
