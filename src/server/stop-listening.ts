import { Server } from "node:net";

import type { FastifyInstance } from "fastify";

/**
 * Has an app take no more connections, and leaves alone those that it has: an HTTP server's own `close` ends the idle ones, on which a
 * client may be about to send. Resolves when all of them have closed.
 */
export async function stopListening(app: FastifyInstance): Promise<void> {
  await Promise.all(
    [app.server, ...secondServersOf(app)].map(
      (server) => new Promise<void>((resolve) => Server.prototype.close.call(server, () => resolve())),
    ),
  );
}

/** For `localhost` Fastify listens with a second server for the other IP version, which has no public name. */
function secondServersOf(app: FastifyInstance): readonly Server[] {
  const symbol = Object.getOwnPropertySymbols(app).find(
    ({ description }) => description === "fastify.serverBindings",
  );
  const servers: unknown = symbol === undefined ? [] : Reflect.get(app, symbol);
  return Array.isArray(servers) ? servers.filter((one) => one instanceof Server) : [];
}
