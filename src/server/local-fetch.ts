import type { Server } from "node:http";
import { duplexPair, Readable } from "node:stream";

import { Pool, type Dispatcher } from "undici";

import { GatewayError } from "../errors.ts";

/** Requests to a server within its own process. */
export interface LocalFetch {
  /**
   * Answers a request as the server would at an address: its path and its headers count, and its host for links in the answer. Streams come as
   * they are written and are read no faster than they are taken; a signal that is aborted, or a body that is cancelled, is a client that has left.
   * Rejects with the reason of the signal, and with a `GatewayError` once it is closed.
   */
  fetch(request: Request): Promise<Response>;
  /** Ends what is open. Idempotent. */
  close(): Promise<void>;
}

/** Headers of a connection: those are its own. */
const hopByHop = ["connection", "keep-alive", "transfer-encoding", "upgrade", "expect", "content-length"];

/** Statuses whose answers have no body. */
const bodiless: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

function toRequestHeaders({ headers, url }: Request): Record<string, string> {
  const { host, protocol } = new URL(url);
  const sent = Object.fromEntries([...headers].filter(([name]) => !hopByHop.includes(name)));
  const scheme = protocol === "https:" ? { "x-forwarded-proto": "https" } : {};
  return { ...scheme, host, ...sent };
}

function toHeaders(given: Dispatcher.ResponseData["headers"]): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (hopByHop.includes(name) && name !== "content-length") continue;
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  return headers;
}

/**
 * A body that is read when it is asked for. Node's own `Readable.toWeb` throws where nobody can catch it when a body is cancelled that has more
 * to give.
 */
function toWebStream(body: Readable): ReadableStream<Uint8Array> {
  const pieces: AsyncIterator<Buffer> = body[Symbol.asyncIterator]();
  return new ReadableStream(
    {
      async pull(controller) {
        const piece = await pieces.next();
        if (piece.done === true) controller.close();
        else controller.enqueue(piece.value);
      },
      cancel() {
        body.destroy();
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Creates it for a server that need not listen. Requests go through memory by the same protocol as through a socket, so that nothing behaves in
 * another way.
 */
export function createLocalFetch(server: Server): LocalFetch {
  let closed: Promise<void> | undefined;
  const pool = new Pool("http://gateway", {
    connections: null,
    pipelining: 1,
    // The server has time-outs of its own.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect(_options, callback) {
      const [here, there] = duplexPair();
      // Node 20 leaves the other end open. What was written before the end is still to be read.
      here.once("close", () => there.destroy());
      there.once("close", () => {
        if (!there.writableFinished) here.destroy();
      });
      server.emit("connection", there);
      // A pool does not expect its connection before it has asked for it; of that it uses what every duplex stream has.
      queueMicrotask(() => callback(null, here as NonNullable<Parameters<typeof callback>[1]>));
    },
  });

  return {
    async fetch(request) {
      if (closed !== undefined) throw new GatewayError("overloaded", "The gateway is closed.");
      request.signal.throwIfAborted();
      const { pathname, search } = new URL(request.url);
      const body = request.body === null ? null : Readable.from(request.body);
      const answer = await pool.request({
        method: request.method,
        path: pathname + search,
        headers: toRequestHeaders(request),
        body,
        signal: request.signal,
      });
      const { statusCode: status } = answer;
      const init = { status, headers: toHeaders(answer.headers) };
      if (request.method === "HEAD" || bodiless.has(status)) {
        await answer.body.dump();
        return new Response(null, init);
      }
      return new Response(toWebStream(answer.body), init);
    },
    close: () => (closed ??= pool.destroy()),
  };
}
