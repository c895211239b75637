import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";

import type { Reply } from "./reply.ts";
import type { RequestLog } from "./request-log.ts";
import type { RecordedRequest } from "./types.ts";

/** A request with its body read, before any face has looked at it. */
export interface ReadRequest {
  readonly method: string;
  readonly path: string;
  /** Without its `?`. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly clientAddress: string;
}

/** What a face of the simulator does with its requests. */
export interface Face {
  readonly port: number | undefined;
  readonly host: string | undefined;
  readonly log: RequestLog;
  /** May wait, as a script may keep its reply back. */
  answer(request: ReadRequest, record: RecordedRequest): Promise<Reply>;
  send(response: ServerResponse, reply: Reply, path: string): Promise<"finished" | "client-left">;
}

/** Listens for a face; resolves when it can be asked. Rejects when the port is taken. */
export async function serveHttp(
  face: Face,
): Promise<{ readonly origin: string; readonly close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    serve(request, response, face).catch((error: unknown) => tellFailure(response, error));
  });
  const host = face.host ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(face.port ?? 0, host, resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    origin: `http://${host}:${port}`,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, face: Face): Promise<void> {
  const bytes = await readBody(request);
  const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s);
  const { method = "GET", headers } = request;
  const { record, close } = face.log.add({ method, path, query: query && `?${query}`, headers, bytes });
  const clientAddress = request.socket.remoteAddress ?? "127.0.0.1";
  // A script may keep its reply back, and the client may have left by then.
  const leave = (): void => close("client-left");
  response.once("close", leave);
  const reply = await face.answer({ method, path, query, headers, bytes, clientAddress }, record);
  response.off("close", leave);
  close(await face.send(response, reply, path));
}

/** A script that throws shows in the reply, or in its cut, so that its author sees it. */
function tellFailure(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) response.destroy();
  else response.writeHead(500, { "content-type": "text/plain" }).end(`Simulator: ${String(error)}`);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
