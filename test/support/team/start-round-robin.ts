import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A proxy that gives each request to the next of several gateways. */
export interface RoundRobin extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
  /** Which gateway a request (`x-request-id`) went to last, by its place in the list. */
  placeOf(id: string): number | undefined;
  /** Whether that gateway broke a request off, before its head or behind it. */
  hasBroken(id: string): boolean;
}

/**
 * Starts one. A gateway that takes no connection is asked nothing more, and the next is asked in its place; what one that was connected
 * leaves without a head is a 502, and what breaks off behind the head breaks off.
 */
export async function startRoundRobin(gateways: readonly string[]): Promise<RoundRobin> {
  const places = new Map<string, number>();
  const broken = new Set<string>();
  const away = new Set<number>();
  let turn = 0;

  function nextPlace(): number | undefined {
    for (let step = 0; step < gateways.length; step += 1) {
      turn = (turn + 1) % gateways.length;
      if (!away.has(turn)) return turn;
    }
    return undefined;
  }

  function forward(incoming: IncomingMessage, body: Buffer, reply: ServerResponse): void {
    const place = nextPlace();
    if (place === undefined) {
      reply.writeHead(503).end();
      return;
    }
    const id = String(incoming.headers["x-request-id"]);
    places.set(id, place);
    // A connection of its own: one that is used again may be closed by a gateway that is well.
    const { connection: _own, ...headers } = incoming.headers;
    const outgoing = request(new URL(incoming.url ?? "/", gateways[place]), {
      method: incoming.method,
      headers,
      agent: false,
    });
    let hasLeft = false;
    reply.on("close", () => {
      hasLeft = !reply.writableFinished;
      outgoing.destroy();
    });
    outgoing.on("response", (answer) => {
      const { connection: _closes, ...own } = answer.headers;
      reply.writeHead(answer.statusCode ?? 502, own);
      answer.on("error", () => {
        if (!hasLeft) broken.add(id);
        reply.destroy();
      });
      answer.pipe(reply);
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (hasLeft || reply.headersSent) return;
      if (error.code === "ECONNREFUSED") {
        away.add(place);
        forward(incoming, body, reply);
        return;
      }
      broken.add(id);
      reply.writeHead(502).end(error.message);
    });
    outgoing.end(body);
  }

  const server = createServer((incoming, reply) => {
    void buffer(incoming).then(
      (body) => forward(incoming, body, reply),
      // The client left in the middle of its body.
      () => reply.destroy(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    placeOf: (id) => places.get(id),
    hasBroken: (id) => broken.has(id),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
