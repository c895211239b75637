import { readFileSync, readdirSync } from "node:fs";
import { connect } from "node:net";

import type { Generation } from "../../src/simulator/index.ts";

/** One recorded exchange: the request's bytes and the reply, its body cut where the HTTP chunks were. */
export interface Recording {
  readonly generation: Generation;
  /** Number and name, such as `100-chat-plain`. */
  readonly name: string;
  readonly number: number;
  readonly request: Buffer;
  readonly requestBody: string;
  readonly reply: Reply;
}

/** A reply as it stood on the wire. */
export interface Reply {
  readonly statusLine: string;
  /** `Name: value` lines in their order. */
  readonly headers: readonly string[];
  readonly chunks: readonly Buffer[];
  /** The last, empty chunk (or the end of a reply without a body) was seen. */
  readonly complete: boolean;
}

const FIXTURES = new URL("../fixtures/upstream/", import.meta.url);
const FOLDERS: Readonly<Record<Generation, string>> = { A: "2025-07/", B: "2026-05/" };
const REQUEST_MARK = "=====REQUEST=====\n";
const RESPONSE_MARK = "\n=====RESPONSE=====\n";
const END_MARK = "\n=====END=====";

/** All recordings of a generation, by number. */
export function readRecordings(generation: Generation): Recording[] {
  const folder = new URL(FOLDERS[generation], FIXTURES);
  return readdirSync(folder)
    .filter((file) => file.endsWith(".http"))
    .sort()
    .map((file) => {
      const bytes = readFileSync(new URL(file, folder));
      const middle = bytes.indexOf(RESPONSE_MARK);
      const request = bytes.subarray(REQUEST_MARK.length, middle);
      const reply = bytes.subarray(middle + RESPONSE_MARK.length, bytes.lastIndexOf(END_MARK));
      return {
        generation,
        name: file.replace(/\.http$/, ""),
        number: Number(file.slice(0, 3)),
        request,
        requestBody: request.subarray(request.indexOf("\r\n\r\n") + 4).toString("utf8"),
        reply: parseReply(reply, request.subarray(0, 5).toString() === "HEAD "),
      };
    });
}

/** The recorded reply's body as text. */
export function bodyOf(reply: Reply): string {
  return Buffer.concat(reply.chunks).toString("utf8");
}

/** Sends a request's bytes on a socket of its own and reads until its reply is complete or the socket closes. */
export async function exchange(url: string, request: Buffer): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const isHead = request.subarray(0, 5).toString() === "HEAD ";
  const socket = connect(Number(port), hostname);
  socket.write(request);
  let seen = Buffer.alloc(0);
  for await (const bytes of socket) {
    seen = Buffer.concat([seen, bytes as Buffer]);
    if (parseReply(seen, isHead).complete) break;
  }
  socket.destroy();
  return parseReply(seen, isHead);
}

function parseReply(bytes: Buffer, isHead: boolean): Reply {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return { statusLine: "", headers: [], chunks: [], complete: false };
  const [statusLine = "", ...headers] = bytes.subarray(0, headEnd).toString("utf8").split("\r\n");
  const bodiless = isHead || statusLine.includes(" 204 ") || statusLine.includes(" 304 ");
  const chunks: Buffer[] = [];
  let complete = bodiless;
  let at = headEnd + 4;
  while (!complete) {
    const sizeEnd = bytes.indexOf("\r\n", at);
    const size = Number.parseInt(bytes.subarray(at, sizeEnd).toString(), 16);
    if (sizeEnd === -1 || bytes.length < sizeEnd + 2 + size + 2) break;
    if (size === 0) complete = true;
    else chunks.push(bytes.subarray(sizeEnd + 2, sizeEnd + 2 + size));
    at = sizeEnd + 2 + size + 2;
  }
  return { statusLine, headers, chunks, complete };
}

/** What differs from run to run, and from server to server, replaced by its name. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/^(Date: ).*$/, "$1<date>"],
  [/'nonce-[^']+'/, "'nonce-<nonce>'"],
  [/session_token=[0-9a-f]{64}/, "session_token=<token>"],
  [/Expires=[^;]+/, "Expires=<date>"],
  [/^(x-tokenlimit-reset: )\d+$/i, "$1<time>"],
  [/"msg-[A-Za-z0-9]{24}"/, '"msg-<id>"'],
  [/"(resetTime|timestamp)":"[^"]+"/g, '"$1":"<time>"'],
  [/"(created_at|updated_at)":"[^"]+"/g, '"$1":"<time>"'],
  [/"elapsed_time":[\d.]+/g, '"elapsed_time":<seconds>'],
];

/** A reply in a form that can be compared. */
export function comparable(reply: Reply): object {
  return {
    statusLine: reply.statusLine,
    // The recorded image server knows no entity tags; the simulator has them for caches to be tried.
    headers: reply.headers.map(withoutChanging).filter((line) => !line.startsWith("etag: ")),
    chunks: reply.chunks.map((chunk) => withoutChanging(chunk.toString("utf8"))),
    complete: reply.complete,
  };
}

function withoutChanging(text: string): string {
  return CHANGING.reduce((result, [from, to]) => result.replace(from, to), text);
}
