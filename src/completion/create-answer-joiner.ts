import type { BlockStart, ChatEvent, FinishReason, Usage } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";

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

const gap = "\n\n";

/**
 * Creates a joiner; `model` is what the answer says who gave it. In a turn that follows a text already given, text is held until the turn's end and left out if
 * the turn calls a tool, or if the text given stands: the model says the same again before the corrected call. Text and
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

  function closeBlock(out: ChatEvent[]): void {
    if (open === undefined) return;
    open = undefined;
    out.push({ type: "block-end", index: count - 1 });
  }

  function openBlock(out: ChatEvent[], block: BlockStart): void {
    out.push({ type: "block-start", index: count, block });
    count += 1;
    open = block.kind;
  }

  function releaseText(out: ChatEvent[]): void {
    const text = heldText.join("");
    heldText = [];
    holdsText = false;
    isHeldBlock = false;
    if (text === "" || dropsText) return;
    openBlock(out, { kind: "text" });
    out.push({ type: "block-delta", index: count - 1, text: gap + text });
    closeBlock(out);
  }

  function giveDelta(out: ChatEvent[], event: Extract<ChatEvent, { type: "block-delta" }>): void {
    const index = count - 1;
    if (open === "text") joiner.gaveText = true;
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
        if (event.block.kind === "tool-call") {
          heldText = [];
          holdsText = false;
        }
        if (event.block.kind === "tool-call") joiner.gaveCall = true;
        openBlock(out, event.block);
        return;
      case "block-delta":
        if (isHeldBlock) heldText.push(event.text);
        else giveDelta(out, event);
        return;
      case "block-end":
        if (isHeldBlock) isHeldBlock = false;
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
      for (const event of held.flush())
        if (event.type !== "finish") addEvent(out, event, () => ({ estimated: true }));
      closeBlock(out);
      releaseText(out);
      return out;
    },
  };
  return joiner;
}
