import type { HttpReply } from "../reply.ts";
import type { Persona, Problem } from "./persona.ts";

/** The headers of a stream. */
export const eventStream = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
};

/** A whole body with its length, as these servers send it. */
export function wholeReply(
  status: number,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>>,
): HttpReply {
  const length = String(Buffer.byteLength(body));
  return { kind: "http", status, headers: { ...headers, "content-length": length }, body };
}

/** JSON, or a text as plain text. */
export function tell(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  const isText = typeof body === "string";
  const type = isText ? "text/plain; charset=utf-8" : "application/json";
  return wholeReply(status, isText ? body : JSON.stringify(body), { "content-type": type, ...headers });
}

/** A problem in the server's shape. */
export function refuse(
  persona: Persona,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): HttpReply {
  return tell(problem.status, persona.error(problem), headers);
}
