import { setTimeout as pause } from "node:timers/promises";

import type { FrameEncoder, Usage } from "./frames.ts";
import type { Pieces } from "./reply.ts";
import type { ScriptedReply } from "./types.ts";

/** What an answer needs besides its script. */
export interface AnswerContext {
  readonly encoder: FrameEncoder;
  /** Prompt tokens of the request, for usage that the script does not give. */
  readonly promptTokens: number;
  /** Told once how many tokens to count, also when the client has gone. */
  readonly onUsage: (tokens: number) => void;
}

/** The errors that come inside a 200 reply. */
type StreamError = Extract<
  NonNullable<ScriptedReply["error"]>,
  { kind: "three" | "mid" | "terminated" | "early-end" | "cut" }
>;

/** Whether an error comes inside the stream (all others replace the reply). */
export function isStreamError(error: ScriptedReply["error"]): error is StreamError | undefined {
  return error === undefined || ["three", "mid", "terminated", "early-end", "cut"].includes(error.kind);
}

/** The frames of one text answer, paced, gated and broken as its script says. */
export async function* streamAnswer(
  script: ScriptedReply,
  error: StreamError | undefined,
  context: AnswerContext,
): Pieces {
  const { encoder } = context;
  if (error?.kind === "three") {
    if (script.gate !== undefined) await script.gate;
    yield* encoder.error(error.message);
    yield* encoder.end();
    return "end";
  }

  const breakAfter = error === undefined ? Infinity : (error.afterDeltas ?? Infinity);
  const gateAfter = script.gateAfter ?? 0;
  let count = 0;
  try {
    if (script.holdHead === true && gateAfter === 0) await script.gate;
    yield* encoder.start();
    for await (const delta of deltasOf(script)) {
      if (count >= breakAfter) break;
      if (count === gateAfter && script.gate !== undefined) await script.gate;
      if (count > 0 && script.delayMs !== undefined) await pause(script.delayMs);
      yield* encoder.text(delta);
      count += 1;
    }
    if (count <= gateAfter && script.gate !== undefined) await script.gate;
  } finally {
    context.onUsage(error === undefined ? countedTokens(script, context, count) : 0);
  }

  switch (error?.kind) {
    case "cut":
      return "cut";
    case "early-end":
      return "end";
    case "terminated":
      yield* encoder.error("terminated");
      return "end";
    case "mid":
      yield* encoder.error(error.message ?? "[object Object]");
      yield* encoder.finish("error", { promptTokens: null, completionTokens: null });
      yield* encoder.end();
      return "end";
    case undefined:
      yield* encoder.finish(script.finishReason ?? "stop", usageOf(script, context, count));
      yield* encoder.end();
      return "end";
  }
}

/** The text deltas of a script, the reasoning block in front of the first. */
async function* deltasOf(script: ScriptedReply): AsyncGenerator<string, void, void> {
  const text = script.text ?? "";
  let reasoning = script.reasoning;
  for await (const delta of typeof text === "string" ? splitText(text) : text) {
    if (reasoning !== undefined) {
      yield `<think>\n${reasoning}\n</think>\n\n`;
      reasoning = undefined;
    }
    yield delta;
  }
}

/** Cuts a text into deltas the size of tokens; joined they give the text again. */
export function splitText(text: string): string[] {
  return text.match(/\s?\S{1,8}|\s/gu) ?? [];
}

function usageOf(script: ScriptedReply, context: AnswerContext, deltas: number): Usage {
  if (script.usage === null || script.finishReason === "unknown") {
    return { promptTokens: null, completionTokens: null };
  }
  return script.usage ?? { promptTokens: context.promptTokens, completionTokens: deltas };
}

function countedTokens(script: ScriptedReply, context: AnswerContext, deltas: number): number {
  const usage = usageOf(script, context, deltas);
  return (usage.promptTokens ?? 0) + (usage.completionTokens ?? 0);
}

/** Re-cuts a body into pieces of `size` bytes, whatever they hold. */
export async function* recut(pieces: Pieces, size: number): Pieces {
  let rest = new Uint8Array(0);
  while (true) {
    const next = await pieces.next();
    if (next.done === true) {
      if (rest.length > 0) yield rest;
      return next.value;
    }
    rest = Buffer.concat([rest, Buffer.from(next.value)]);
    while (rest.length >= size) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
  }
}
