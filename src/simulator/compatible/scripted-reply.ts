import type { HttpReply, Pieces, Reply } from "../reply.ts";
import type { Persona } from "./persona.ts";
import { refuse, wholeReply } from "./replies.ts";
import { breakBody } from "./stream-answer.ts";
import type { CompatibleScript, Piece, RawScript } from "./types.ts";

const words: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Unauthorized",
  402: "Insufficient credits",
  403: "Forbidden",
  404: "Not found",
  408: "Request timeout",
  413: "Request entity too large",
  429: "Rate limit exceeded",
  500: "Internal server error",
  502: "Bad gateway",
  503: "Service unavailable",
  504: "No backend available",
  529: "No healthy backends",
};

/** The reply of a script that takes the place of the server's own; an answer is none. */
export async function scriptedReply(script: CompatibleScript, persona: Persona): Promise<Reply> {
  await script.gate;
  switch (script.kind) {
    case "raw":
      return rawReply(script);
    case "error": {
      const { status, message = words[status] ?? `Error ${status}`, headers = {} } = script;
      return refuse(persona, { status, message }, headers);
    }
    case "answer":
      throw new Error("An answer comes from the chat route.");
    default:
      return { kind: script.kind };
  }
}

function rawReply({ status = 200, headers = {}, body = "", ending = "end" }: RawScript): HttpReply {
  const whole = typeof body === "string" || body instanceof Uint8Array;
  if (whole && ending === "end") return { ...wholeReply(status, body, headers), bare: true };
  return { kind: "http", status, headers, bare: true, body: piecesOf(whole ? [body] : body, ending) };
}

async function* piecesOf(
  body: Iterable<Piece> | AsyncIterable<Piece>,
  ending: NonNullable<RawScript["ending"]>,
): Pieces {
  for await (const piece of body) {
    if (piece !== undefined) yield piece;
  }
  return await breakBody(ending);
}

/** What a proxy in front of a server shows when the server is not there. */
export function htmlPage(status: number): CompatibleScript {
  const title = `${status} ${words[status] ?? "Error"}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { kind: "raw", status, headers: { server: "nginx", "content-type": "text/html" }, body };
}
