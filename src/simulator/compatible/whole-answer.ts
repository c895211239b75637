import type { Pieces, Reply } from "../reply.ts";
import type { Outcome, Part } from "./outcome.ts";
import type { JsonObject, Persona } from "./persona.ts";
import { refuse, wholeReply } from "./replies.ts";
import { breakBody } from "./stream-answer.ts";
import type { Break } from "./types.ts";

/** The message of a whole chat answer. */
export function toMessage(parts: Outcome["parts"], persona: Persona): JsonObject {
  const told = parts.filter((part): part is Part => "kind" in part);
  const textOf = (kind: Part["kind"]): string =>
    told.map((part) => (part.kind !== "call" && part.kind === kind ? part.text : "")).join("");
  const reasoning = textOf("reasoning");
  const text = textOf("text");
  const calls = toCalls(told, persona);
  return persona.reply.message({
    ...(reasoning === "" ? {} : persona.reply.reasoning(reasoning)),
    ...(text === "" && calls.length > 0 ? {} : { content: text }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  });
}

/** Calls put together; of one that was cut what came of its arguments. */
function toCalls(parts: readonly Part[], persona: Persona): JsonObject[] {
  const calls = new Map<number, { text: string; first: Extract<Part, { kind: "call" }>["piece"] }>();
  for (const part of parts) {
    if (part.kind !== "call") continue;
    const { piece } = part;
    const before = calls.get(piece.index);
    calls.set(piece.index, { text: (before?.text ?? "") + piece.text, first: before?.first ?? piece });
  }
  return [...calls.values()].map(({ text, first: { call, id, index } }) =>
    text === JSON.stringify(call.input)
      ? persona.reply.call(call, id, index)
      : { id, type: "function", function: { name: call.name, arguments: text } },
  );
}

/** An answer in one piece, which waits for all gates of its script. */
export async function wholeAnswer(
  { parts, usage, breaks }: Outcome,
  body: JsonObject,
  persona: Persona,
  headers: Readonly<Record<string, string>>,
): Promise<Reply> {
  for (const part of parts) if (!("kind" in part)) await part;
  if (typeof breaks?.how === "object") return refuse(persona, breaks.how);
  const { reply } = persona;
  const told = usage === undefined ? {} : { usage: reply.counts(usage), ...reply.beside(usage) };
  const text = JSON.stringify(reply.chunk({ ...body, ...told }));
  const type = { "content-type": "application/json", ...headers };
  if (breaks === undefined) return wholeReply(200, text, type);
  return { kind: "http", status: 200, headers: type, body: halfOf(text, breaks.how) };
}

/** The first half of a body, and then what its script says. */
async function* halfOf(body: string, how: Break): Pieces {
  yield body.slice(0, body.length >> 1);
  return await breakBody(how);
}
