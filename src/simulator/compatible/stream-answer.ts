import { setTimeout as pause } from "node:timers/promises";

import type { Pieces } from "../reply.ts";
import type { Outcome, Part } from "./outcome.ts";
import type { JsonObject, Persona } from "./persona.ts";

/** How one answer is framed; chats and completions differ in it. */
export interface Frame {
  readonly persona: Persona;
  /** Members around the choices of each chunk. */
  readonly envelope: JsonObject;
  /** A choice of a chunk. */
  choice(index: number, fields: JsonObject, finish: string | null, first: boolean): JsonObject;
  /** What a part adds to the answer. */
  fields(part: Part): JsonObject;
  /** The fields of a chunk before all others and of that with the finish. */
  readonly opening: JsonObject | undefined;
  readonly closing: JsonObject;
  /** How many answers there are, all the same. */
  readonly n: number;
  readonly tellUsage: boolean;
  /** Pause between deltas in ms. */
  readonly pace: number;
}

/** The events of an answer, gated, paced and broken as its script says. */
export async function* streamAnswer(outcome: Outcome, frame: Frame): Pieces {
  const { reply } = frame.persona;
  const answers = Array.from({ length: frame.n }, (_, index) => index);
  const chunk = (choices: readonly JsonObject[], more: JsonObject = {}): JsonObject =>
    reply.chunk({ ...frame.envelope, choices, ...more });
  const chunks = (fields: JsonObject, finish: string | null, first: boolean): string[] =>
    answers.map((index) => event(chunk([frame.choice(index, fields, finish, first)])));

  if (reply.comment !== undefined && reply.commentsFirst) yield reply.comment;
  if (frame.opening !== undefined) yield* chunks(frame.opening, null, true);
  const breakAfter = outcome.breaks === undefined ? undefined : (outcome.breaks.after ?? Infinity);
  let said = 0;
  for (const part of outcome.parts) {
    if (said === breakAfter) break;
    if (!("kind" in part)) {
      if (reply.comment !== undefined) yield reply.comment;
      await part;
      continue;
    }
    if (said > 0 && frame.pace > 0) await pause(frame.pace);
    yield* chunks(frame.fields(part), null, said === 0 && frame.opening === undefined);
    said += 1;
  }
  if (outcome.breaks !== undefined) {
    const { how } = outcome.breaks;
    if (typeof how === "string") return await breakBody(how);
    const own = (fields: JsonObject, finish: string | null): JsonObject =>
      chunk([frame.choice(0, fields, finish, false)]);
    yield* reply.breakOff(how, own).map(event);
    if (reply.doneAfterError) yield done;
    return "end";
  }
  yield* chunks(frame.closing, outcome.finish, said === 0 && frame.opening === undefined);
  if (outcome.usage !== undefined && frame.tellUsage) {
    yield event(chunk([], { usage: reply.counts(outcome.usage), ...reply.beside(outcome.usage) }));
  }
  yield done;
  return "end";
}

const done = "data: [DONE]\n\n";

function event(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** How a body stops that is not complete; one that stays open ends when the client goes away. */
export async function breakBody(how: "end" | "cut" | "reset" | "open"): Promise<"end" | "cut" | "reset"> {
  // Whoever sends the pieces gives up when the client has gone.
  if (how === "open") await new Promise<never>(() => {});
  return how === "open" ? "end" : how;
}
