import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A proxy that gives each request to the next of several gateways. */
export interface RoundRobin extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
}

/** The header by which an answer says which gateway it is of, by its place in the list; also where that gateway broke off before its head. */
export const servedBy = "x-served-by";

/**
 * Starts one. A gateway that takes no connection is asked nothing more, and the next is asked in its place; what one that was connected
 * leaves without a head is a 502, and what breaks off behind the head breaks off.
 */
export async function startRoundRobin(gateways: readonly string[]): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true });
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
    const outgoing = request(new URL(incoming.url ?? "/", gateways[place]), {
      method: incoming.method,
      headers: incoming.headers,
      agent,
    });
    let hasLeft = false;
    reply.on("close", () => {
      hasLeft = !reply.writableFinished;
      if (hasLeft) outgoing.destroy();
    });
    outgoing.on("response", (answer) => {
      reply.writeHead(answer.statusCode ?? 502, { ...answer.headers, [servedBy]: place });
      answer.on("error", () => reply.destroy());
      answer.pipe(reply);
    });
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      if (hasLeft || reply.headersSent) reply.destroy();
      else if (error.code === "ECONNREFUSED") {
        away.add(place);
        forward(incoming, body, reply);
      } else reply.writeHead(502, { [servedBy]: place }).end(error.message);
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
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
