/**
 * An upstream that costs as little as it can: sessions, one model and streams of prepared bytes. The number of
 * tokens is read from the last message ("tokens=500"); with "every=100" each comes alone, so many ms after the one
 * before, instead of all at once. Run as a process of its own; prints its URL.
 */
import { createServer, type ServerResponse } from "node:http";

const token = "a".repeat(64);
const model = [
  {
    id: "bench",
    model_id: "bench",
    name: "bench",
    available: true,
    temperature: "0.60",
    top_p: "0.95",
    token_limit: 128_000,
  },
];
const bodies = new Map<number, Buffer>();

function bodyOf(tokens: number): Buffer {
  let body = bodies.get(tokens);
  if (body === undefined) {
    const usage = { promptTokens: 10, completionTokens: tokens };
    body = Buffer.from(
      'f:{"messageId":"msg-bench"}\n' +
        Array.from({ length: tokens }, (_, index) => `0:"tok${index} "\n`).join("") +
        `e:${JSON.stringify({ finishReason: "stop", usage, isContinued: false })}\n` +
        `d:${JSON.stringify({ finishReason: "stop", usage })}\n`,
    );
    bodies.set(tokens, body);
  }
  return body;
}

/** Writes the lines of a body one by one. */
function writeSlowly(response: ServerResponse, body: Buffer, every: number): void {
  const lines = body.toString().split(/(?<=\n)/);
  let next = 0;
  const timer = setInterval(() => {
    response.write(lines[next] ?? "");
    next += 1;
    if (next < lines.length) return;
    clearInterval(timer);
    response.end();
  }, every);
  response.once("close", () => clearInterval(timer));
}

const server = createServer((request, response) => {
  const path = request.url ?? "";
  if (path.startsWith("/api/auth/session")) {
    response.setHeader("set-cookie", `session_token=${token}; Path=/; Max-Age=3600; HttpOnly`);
    response.end('{"success":true}');
    return;
  }
  if (path.startsWith("/api/models")) {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(model));
    return;
  }
  let text = "";
  request.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  request.on("end", () => {
    const tokens = Number(/tokens=(\d+)/.exec(text)?.[1] ?? 50);
    response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "x-vercel-ai-data-stream": "v1" });
    const every = Number(/every=(\d+)/.exec(text)?.[1] ?? 0);
    if (every === 0) response.end(bodyOf(tokens));
    else writeSlowly(response, bodyOf(tokens), every);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address !== null) console.log(`http://127.0.0.1:${address.port}`);
});
