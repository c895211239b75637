/**
 * An upstream that costs as little as it can: streams of prepared bytes, as Akash Chat sends them and, below `/v1`, as an
 * OpenAI-compatible server does. What it answers is written in the prompt (`lib/marker.ts`). Run as a process of its own;
 * prints its URL.
 */
import { createServer, type ServerResponse } from "node:http";

import { piecesOf, readWish, sharedMicros, type Wish } from "./lib/marker.ts";
import { akashWire, eventWire, writeCompletion, type Wire } from "./lib/wires.ts";

const token = "a".repeat(64);
const model = {
  id: "bench",
  model_id: "bench",
  name: "bench",
  available: true,
  temperature: "0.60",
  top_p: "0.95",
  token_limit: 128_000,
};
const prepared = new Map<string, Buffer>();

function prepare(name: string, { tokens, reply }: Wish, make: (pieces: readonly string[]) => string): Buffer {
  const key = `${name} ${tokens} ${reply}`;
  let body = prepared.get(key);
  if (body === undefined) {
    body = Buffer.from(make(piecesOf({ tokens, reply, every: 0 })));
    prepared.set(key, body);
  }
  return body;
}

/** Streams that have had their first token and wait for `/go`. */
const waiting: (() => void)[] = [];

/** Each token alone, with the time at which it leaves. All but the first come once `/go` was asked for. */
function writePaced(response: ServerResponse, wire: Wire, { tokens, every }: Wish): void {
  let next = 0;
  const writeNext = (): void => {
    response.write(wire.piece(`tok${next}@${sharedMicros()} `), "latin1");
    next += 1;
  };
  response.write(wire.head);
  writeNext();
  waiting.push(() => {
    const timer = setInterval(() => {
      writeNext();
      if (next < tokens) return;
      clearInterval(timer);
      response.end(wire.tail(tokens));
    }, every);
    response.once("close", () => clearInterval(timer));
  });
}

/** Lets all streams that wait go on, one after another within `spread` ms, so that tokens come at all times. */
function release(spread: number): void {
  for (const [index, begin] of waiting.entries()) setTimeout(begin, (index / waiting.length) * spread);
  waiting.length = 0;
}

function answer(response: ServerResponse, wire: Wire, wish: Wish): void {
  response.writeHead(200, {
    "content-type": wire.type,
    ...(wire === akashWire && { "x-vercel-ai-data-stream": "v1" }),
  });
  if (wish.every > 0) writePaced(response, wire, wish);
  else {
    const write = (pieces: readonly string[]): string =>
      `${wire.head}${pieces.map((piece) => wire.piece(piece)).join("")}${wire.tail(pieces.length)}`;
    response.end(prepare(wire.type, wish, write));
  }
}

function sendJson(response: ServerResponse, body: string | Buffer, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(body);
}

const server = createServer((request, response) => {
  const path = request.url ?? "";
  if (path.startsWith("/api/auth/session")) {
    response.setHeader("set-cookie", `session_token=${token}; Path=/; Max-Age=3600; HttpOnly`);
    sendJson(response, '{"success":true}');
  } else if (path.startsWith("/go/")) {
    release(Number(path.slice("/go/".length)));
    sendJson(response, "{}");
  } else if (path.startsWith("/api/models")) sendJson(response, JSON.stringify([model]));
  else if (path === "/v1/models") {
    sendJson(response, JSON.stringify({ object: "list", data: [{ id: "bench", object: "model" }] }));
  } else if (path.startsWith("/api/chat") || path === "/v1/chat/completions") {
    let text = "";
    request.setEncoding("latin1").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => {
      const wish = readWish(text);
      if (path.startsWith("/api/chat")) answer(response, akashWire, wish);
      else if (/"stream":\s*true/.test(text)) answer(response, eventWire, wish);
      else sendJson(response, prepare("whole", wish, writeCompletion));
    });
  } else {
    request.resume();
    sendJson(response, '{"error":"not found"}', 404);
  }
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
