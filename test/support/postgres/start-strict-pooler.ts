import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** What stands between a client and the database and takes no settings from clients, as PgBouncer does by default. */
export interface StrictPooler extends AsyncDisposable {
  readonly port: number;
}

/** The message by which a server refuses a connection (https://www.postgresql.org/docs/current/protocol-message-formats.html). */
function encodeFatal(code: string, message: string): Buffer {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write("E");
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** Starts one before a port of this machine. */
export async function startStrictPooler(targetPort: number): Promise<StrictPooler> {
  const server = createServer((client) => {
    const upstream = connect(targetPort, "127.0.0.1");
    // A client that leaves is none of ours.
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => client.destroy()).on("close", () => client.destroy());
    client.once("data", (first: Buffer) => {
      const refused = ["statement_timeout", "lock_timeout", "idle_in_transaction"].find((name) =>
        first.includes(name),
      );
      if (refused !== undefined) {
        client.end(encodeFatal("08P01", `unsupported startup parameter: ${refused}`));
        return;
      }
      upstream.write(first);
      client.pipe(upstream).pipe(client);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, "close");
    },
  };
}
