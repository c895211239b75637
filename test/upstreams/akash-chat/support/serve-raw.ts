import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** What a raw server does with one request: writes bytes as they are, ends, resets. */
export type RawAnswer = (socket: Socket) => void;

/** A server whose every byte the test decides. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  /** Request lines and heads, in the order in which the requests were complete. */
  readonly asked: readonly string[];
  /** How many connections were made. */
  readonly connections: () => number;
}

export const streamHead =
  "HTTP/1.1 200 OK\r\ncontent-type: text/plain; charset=utf-8\r\nx-vercel-ai-data-stream: v1\r\n";

/** A whole reply with a length. */
export function frame(head: string, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(`${head}content-length: ${bytes.length}\r\n\r\n`), bytes]);
}

export const answer = frame(streamHead, '0:"hi"\nd:{"finishReason":"stop"}\n');
const session = frame(
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: session_token=t; Max-Age=600\r\n",
  '{"success":true}',
);

/**
 * A TCP server on a free port. The session route always answers well and is not counted; each other request gets
 * the next of `answers`, the last one for good.
 */
export async function serveRaw(...answers: readonly RawAnswer[]): Promise<RawServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    // A client may reset what the script is still writing to.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    let received = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = received.subarray(0, end).toString("latin1");
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      received = received.subarray(end + 4 + length);
      if (head.includes("/api/auth/session/")) {
        socket.write(session);
        return;
      }
      asked.push(head);
      answers[Math.min(asked.length, answers.length) - 1]?.(socket);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
