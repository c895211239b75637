import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a test server saw of one request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly server: Server;
  readonly seen: Seen[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** An HTTP server on a free port of 127.0.0.1; the handler gets each request whole. */
export async function serve(
  handler: (seen: Seen, response: ServerResponse, request: IncomingMessage) => unknown,
): Promise<TestServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const item: Seen = {
        method: request.method ?? "",
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      seen.push(item);
      void handler(item, response, request);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const sessionPath = "/api/auth/session/";
const done = 'd:{"finishReason":"stop","usage":{"promptTokens":1,"completionTokens":1}}\n';

export const streamHeaders = {
  "content-type": "text/plain; charset=utf-8",
  "x-vercel-ai-data-stream": "v1",
} as const;

/** Answers as the application does when all goes well. */
export function answerSession(response: ServerResponse, token: string, maxAge = 600): void {
  response.setHeader("set-cookie", [
    "__cf_bm=abc; Path=/; Max-Age=1800",
    `session_token=${token}; Path=/; Max-Age=${maxAge}; Secure; HttpOnly; SameSite=strict; Partitioned`,
  ]);
  response.setHeader("content-type", "application/json");
  response.end('{"success":true}');
}

export function answerText(response: ServerResponse, text: string): void {
  response.writeHead(200, streamHeaders);
  response.end(`f:{"messageId":"msg-1"}\n0:${JSON.stringify(text)}\n${done}`);
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export function isSession(seen: Seen): boolean {
  return seen.url === sessionPath;
}
