import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Passes connections on to a server and counts them. */
export interface SocketCounter extends AsyncDisposable {
  /** The server's address by way of the counter. */
  readonly url: string;
  readonly open: number;
  /** Resolves when so many connections are open. */
  settle(count: number): Promise<void>;
}

/** Starts one in front of `target`. */
export async function countSockets(target: string): Promise<SocketCounter> {
  const { hostname, port, pathname } = new URL(target);
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const check of waiting) check();
  };
  const server = createServer((incoming) => {
    const outgoing = connect(Number(port), hostname);
    sockets.add(incoming);
    tell();
    incoming.pipe(outgoing).pipe(incoming);
    incoming.on("error", () => outgoing.destroy());
    outgoing.on("error", () => incoming.destroy());
    outgoing.on("close", () => incoming.destroy());
    incoming.on("close", () => {
      outgoing.destroy();
      sockets.delete(incoming);
      tell();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  // It listens at a port.
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}${pathname === "/" ? "" : pathname}`,
    get open() {
      return sockets.size;
    },
    settle(count) {
      return new Promise((resolve) => {
        function check(): void {
          if (sockets.size !== count) return;
          waiting.delete(check);
          resolve();
        }
        waiting.add(check);
        check();
      });
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}
