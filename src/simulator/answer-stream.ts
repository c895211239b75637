import { setTimeout as pause } from "node:timers/promises";

import type { FrameEncoder, Usage } from "./frames.ts";
import type { Pieces } from "./reply.ts";
import { splitText } from "./split-text.ts";
import type { ScriptedAftermath, ScriptedEdgeError, ScriptedError, ScriptedReply } from "./types.ts";

/** What an answer needs besides its script. */
export interface AnswerContext {
  readonly encoder: FrameEncoder;
  /** Prompt tokens of the request, for usage that the script does not give. */
  readonly promptTokens: number;
  readonly onUsage: OnUsage;
}

/** Told once per answer what to count, also when the client has gone; not called for failed answers. */
export type OnUsage = (usage: Usage) => void;

/** The errors that come inside a 200 reply. */
export type StreamError = Exclude<ScriptedError, ScriptedEdgeError | { kind: "image" }>;

const STREAM_ERRORS: readonly ScriptedError["kind"][] = ["three", "mid", "terminated", "early-end", "cut"];

/** Whether an error comes inside the stream; all others replace the reply. */
export function isStreamError(error: ScriptedError): error is StreamError {
  return STREAM_ERRORS.includes(error.kind);
}

/** The frames of one text answer, paced, gated and broken as its script says. */
export async function* streamAnswer(
  script: ScriptedReply,
  error: StreamError | undefined,
  context: AnswerContext,
): Pieces {
  const { encoder } = context;
  if (error?.kind === "three") {
    await script.gate;
    yield* encoder.error(error.message);
    yield* encoder.end();
    return "end";
  }

  const breakAfter = error?.afterDeltas ?? (error === undefined ? undefined : Infinity);
  const { gateAfter = 0, delayMs = 0 } = script;
  let count = 0;
  try {
    if (script.holdHead === true && gateAfter === 0) await script.gate;
    yield* encoder.start();
    for await (const delta of deltasOf(script)) {
      if (count === breakAfter) {
        if (error?.kind !== "mid" || error.goesOn !== true) break;
        yield* encoder.error(error.message ?? "[object Object]");
      }
      if (count === gateAfter && script.gate !== undefined) await script.gate;
      if (count > 0 && delayMs > 0) await pause(delayMs);
      yield* encoder.text(delta);
      count += 1;
    }
    if (count <= gateAfter) await script.gate;
  } finally {
    if (error === undefined) context.onUsage(usageOf(script, context, count));
  }
  return yield* endAnswer(script, error, usageOf(script, context, count), encoder);
}

/** Everything after the last delta. */
async function* endAnswer(
  script: ScriptedReply,
  error: StreamError | undefined,
  usage: Usage,
  encoder: FrameEncoder,
): Pieces {
  if (error?.kind === "cut") return "cut";
  if (error?.kind === "early-end") return "end";
  if (error?.kind === "terminated") {
    yield* encoder.error("terminated");
    return "end";
  }
  if (error?.kind === "mid" && error.goesOn !== true) {
    yield* encoder.error(error.message ?? "[object Object]");
    const reason = script.finishReason ?? "error";
    yield* encoder.finish(reason, script.usage ?? { promptTokens: null, completionTokens: null });
  } else {
    yield* encoder.finish(script.finishReason ?? "stop", usage);
  }
  yield* encoder.end();
  return yield* goOn(script.after ?? {});
}

/** What an upstream does that has already said all. */
async function* goOn({ bytes, ending = "end" }: ScriptedAftermath): Pieces {
  if (bytes !== undefined) yield bytes;
  // Whoever sends the pieces gives up when the client has gone.
  if (ending === "open") await new Promise<never>(() => {});
  return ending === "cut" ? "cut" : "end";
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

/** What a script gives; else an estimate, or nothing when the back end has cut the answer. */
function usageOf(script: ScriptedReply, context: AnswerContext, deltas: number): Usage {
  if (script.usage !== null && script.usage !== undefined) return script.usage;
  if (script.usage === null || script.finishReason === "unknown") {
    return { promptTokens: null, completionTokens: null };
  }
  // All thinking comes as one delta, but a back end counts its tokens.
  const thought = script.reasoning === undefined ? 0 : Math.max(0, splitText(script.reasoning).length - 1);
  return { promptTokens: context.promptTokens, completionTokens: deltas + thought };
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
