import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A proxy that lets nothing through. */
export interface ClosedProxy extends AsyncDisposable {
  readonly url: string;
  /** The first lines of the requests that came, such as `CONNECT example.com:443 HTTP/1.1`. */
  readonly attempts: readonly string[];
}

/** Starts a proxy that notes who asks for what and hangs up. */
export async function startClosedProxy(): Promise<ClosedProxy> {
  const attempts: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (data) => {
      attempts.push(data.toString("latin1").split("\r\n", 1)[0] ?? "");
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attempts,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
