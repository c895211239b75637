import { request, type IncomingMessage } from "node:http";

/** A reply that is read step by step, on a connection of its own. */
export interface OpenStream {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** Reads until the text so far contains `part` or matches it, and returns the text so far. Rejects at the end without it. */
  readUntil(part: string | RegExp): Promise<string>;
  /** Reads to the end; rejects if the connection is cut. */
  readRest(): Promise<string>;
  /** Cuts the connection. */
  leave(): void;
}

/** A request whose reply may never come. */
export interface OpenRequest {
  readonly reply: Promise<OpenStream>;
  /** Cuts the connection, also before the reply. */
  leave(): void;
}

/** Posts a JSON body and gives the reply as soon as its head is there. Nothing is read before it is asked for. */
export function openRequest(url: string, body: unknown, headers: Record<string, string> = {}): OpenRequest {
  const outgoing = request(url, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json", ...headers },
  });
  const reply = new Promise<OpenStream>((resolve, reject) => {
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => resolve(readStream(incoming)));
  });
  // A test that leaves on purpose does not look at the reply.
  reply.catch(() => undefined);
  outgoing.end(JSON.stringify(body));
  return { reply, leave: () => outgoing.destroy() };
}

/** As `openRequest`, when a reply is certain. */
export async function openStream(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<OpenStream> {
  return openRequest(url, body, headers).reply;
}

function readStream(incoming: IncomingMessage): OpenStream {
  incoming.setEncoding("utf8");
  const chunks = incoming[Symbol.asyncIterator]();
  let text = "";
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    async readUntil(part) {
      while (typeof part === "string" ? !text.includes(part) : !part.test(text)) {
        const { done, value } = await chunks.next();
        if (done === true) throw new Error(`The stream ended without ${part}: ${text}`);
        text += value;
      }
      return text;
    },
    async readRest() {
      for (;;) {
        const { done, value } = await chunks.next();
        if (done === true) return text;
        text += value;
      }
    },
    leave: () => incoming.destroy(),
  };
}
