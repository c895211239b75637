import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A reverse proxy that serves a whole site below a path prefix. */
export interface PrefixProxy extends AsyncDisposable {
  readonly url: string;
  /** Paths asked for, without a slash at the end. */
  readonly paths: ReadonlySet<string>;
  close(): Promise<void>;
}

const passedOn = ["cookie", "content-type", "user-agent", "accept", "sec-fetch-site", "sec-fetch-mode"];

async function answer(outgoing: ServerResponse, replied: Promise<Response>): Promise<void> {
  try {
    const reply = await replied;
    for (const cookie of reply.headers.getSetCookie()) outgoing.appendHeader("set-cookie", cookie);
    outgoing.setHeader("content-type", reply.headers.get("content-type") ?? "text/plain");
    outgoing.writeHead(reply.status).end(Buffer.from(await reply.arrayBuffer()));
  } catch {
    outgoing.destroy();
  }
}

/** Starts a proxy to `target` that answers 404 to whoever leaves out the prefix. */
export async function startPrefixProxy(target: string, prefix: string): Promise<PrefixProxy> {
  const paths = new Set<string>();

  async function pass(method: string, path: string, headers: Record<string, string>, body: Buffer) {
    paths.add((path.split("?")[0] ?? "").replace(/\/$/, ""));
    const sent = body.length === 0 ? null : new Uint8Array(body);
    return fetch(target + path.slice(prefix.length), { method, headers, body: sent });
  }

  const server = createServer((incoming, outgoing) => {
    const { url = "", method = "GET" } = incoming;
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      if (!url.startsWith(`${prefix}/`)) {
        outgoing.writeHead(404).end();
        return;
      }
      const headers = Object.fromEntries(
        passedOn.flatMap((name) => {
          const value = incoming.headers[name];
          return value === undefined ? [] : [[name, String(value)]];
        }),
      );
      void answer(outgoing, pass(method, url, headers, Buffer.concat(chunks)));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  async function close(): Promise<void> {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  }
  return { url: `http://127.0.0.1:${port}`, paths, close, [Symbol.asyncDispose]: close };
}
