import type { ChatEvent, FinishReason, Usage } from "../../model/events.ts";
import { createBlockWriter, type BlockWriter } from "../../model/block-writer.ts";
import type { Mutable } from "../../model/mutable.ts";

/** A call that was not passed on: its place in the answer is kept until it is clear what becomes of it. */
export interface RejectedCall {
  /** What the model wrote, markup included. */
  raw: string;
  /** The answer ended inside it. */
  readonly isCut: boolean;
  /** Given when the call may be passed on after all, once no more turns are left. */
  readonly call:
    | { readonly name: string; readonly arguments: string; readonly callId: string | undefined }
    | undefined;
}

type Step =
  | { readonly kind: "text" | "reasoning" | "arguments"; readonly text: string }
  | { readonly kind: "open"; readonly name: string; readonly callId: string | undefined }
  | { readonly kind: "close" }
  | { readonly kind: "rejected"; readonly rejected: RejectedCall };

/**
 * Puts what was recognised into events, in order. White space that touches a call is left out; everything else
 * passes unchanged. While it holds, nothing is given out and everything is kept in its order.
 */
export interface Outlet {
  start(model: string): void;
  text(text: string): void;
  reasoning(text: string): void;
  /** Without an id the call gets a new one. */
  openCall(name: string, callId: string | undefined): void;
  arguments(text: string): void;
  closeCall(): void;
  /** Keeps the place of a call that is not passed on for now. */
  reject(rejected: RejectedCall): void;
  /** The rejected call before this is text. */
  pardon(): void;
  /** Markup between calls: part of the text if the call before it becomes text, otherwise nothing. */
  layout(text: string): void;
  hold(): void;
  /** Gives out what was held; rejected calls become calls if they can, otherwise text. */
  release(): void;
  /** Forgets the rejected calls that could only become text. For an answer that broke off: half a call is not for readers. */
  dropRejected(): void;
  /** Forgets the rejected calls in which the answer ended. */
  dropCut(): void;
  /** Forgets the text that is held. */
  dropText(): void;
  finish(reason: FinishReason, usage: Usage): void;
  take(): ChatEvent[];
  /** Gives out all text, white space included. For an answer that ends here. */
  settle(): void;
  /** Whether the last thing that was put in was a call (white space aside). */
  readonly followsCall: boolean;
  /** Whether a block was given out. */
  begun(): boolean;
}

/** Creates an outlet; `newCallId` is asked once for each call without an id that is given out; none: no call will touch white space. */
export function createOutlet(newCallId: (() => string) | undefined): Outlet {
  let writer: BlockWriter | undefined;
  let model = "";
  let holding = false;
  let held: Step[] = [];
  let lastRejected: RejectedCall | undefined;

  // Given out: `space` waits for what follows it, `queued` reasoning for the end of the open call.
  let space = "";
  let callOpen = false;
  let afterCall = false;
  let queued = "";
  // Adjacent pieces of one kind become one delta.
  let kind: "text" | "reasoning" | "arguments" = "text";
  let pieces: string[] = [];

  const write = (): BlockWriter => (writer ??= createBlockWriter(model));

  function makeCallId(): string {
    if (newCallId === undefined) throw new Error("There are no calls without tools.");
    return newCallId();
  }

  function flush(): void {
    if (pieces.length === 0) return;
    const text = pieces.join("");
    pieces = [];
    if (kind === "arguments") write().writeArguments(text);
    else write().write(kind, text);
  }

  function put(next: typeof kind, text: string): void {
    if (text === "") return;
    if (next !== kind) flush();
    kind = next;
    pieces.push(text);
  }

  function putText(text: string): void {
    if (newCallId === undefined) {
      put("text", text);
      return;
    }
    const body = text.trimEnd();
    if (body === "") {
      if (!afterCall) space += text;
      return;
    }
    put("text", afterCall ? body.trimStart() : space + body);
    afterCall = false;
    space = text.slice(body.length);
  }

  function step(one: Step): void {
    switch (one.kind) {
      case "text":
        putText(one.text);
        break;
      case "reasoning":
        if (callOpen) queued += one.text;
        else put("reasoning", one.text);
        break;
      case "open":
        flush();
        space = "";
        callOpen = true;
        write().openToolCall(one.callId ?? makeCallId(), one.name);
        break;
      case "arguments":
        put("arguments", one.text);
        break;
      case "close":
        flush();
        write().close();
        callOpen = false;
        afterCall = true;
        put("reasoning", queued);
        queued = "";
        break;
      case "rejected":
        if (one.rejected.call === undefined) putText(one.rejected.raw);
        else for (const part of callSteps(one.rejected.call)) step(part);
        break;
    }
  }

  function add(one: Step): void {
    if (holding) held.push(one);
    else step(one);
  }

  const outlet: Mutable<Outlet> = {
    followsCall: false,
    start(name) {
      model = name;
    },
    text(text) {
      if (text.trim() !== "") {
        outlet.followsCall = false;
        lastRejected = undefined;
      }
      add({ kind: "text", text });
    },
    reasoning: (text) => add({ kind: "reasoning", text }),
    openCall(name, callId) {
      lastRejected = undefined;
      add({ kind: "open", name, callId });
    },
    arguments: (text) => add({ kind: "arguments", text }),
    closeCall() {
      outlet.followsCall = true;
      add({ kind: "close" });
    },
    reject(rejected) {
      lastRejected = rejected;
      outlet.followsCall = true;
      add({ kind: "rejected", rejected });
    },
    pardon() {
      lastRejected = undefined;
      outlet.followsCall = false;
    },
    layout(text) {
      if (lastRejected !== undefined) lastRejected.raw += text;
    },
    hold() {
      holding = true;
    },
    release() {
      holding = false;
      const steps = held;
      held = [];
      for (const one of steps) step(one);
    },
    dropRejected() {
      held = held.filter((one) => one.kind !== "rejected" || one.rejected.call !== undefined);
    },
    dropCut() {
      held = held.filter((one) => one.kind !== "rejected" || !one.rejected.isCut);
    },
    dropText() {
      held = held.filter(({ kind }) => kind !== "text");
    },
    settle() {
      if (!afterCall) put("text", space);
      space = "";
      flush();
    },
    finish(reason, usage) {
      flush();
      write().finish(reason, usage);
    },
    take() {
      flush();
      return writer?.take() ?? [];
    },
    begun: () => pieces.length > 0 || (writer?.blockCount ?? 0) > 0,
  };
  return outlet;
}

function callSteps({ name, arguments: text, callId }: NonNullable<RejectedCall["call"]>): readonly Step[] {
  return [{ kind: "open", name, callId }, { kind: "arguments", text }, { kind: "close" }];
}
