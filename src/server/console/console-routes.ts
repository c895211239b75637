import type { FastifyPluginCallback } from "fastify";

import { pageRoutes } from "../built-page/page-routes.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { ServerDependencies } from "../route-dependencies.ts";

/**
 * `GET /console/`: the console, a page that asks the APIs of the gateway as any program can; so it is open, and shows what the token allows
 * that its reader gives it.
 */
export function consoleRoutes({
  readConsole,
}: Pick<ServerDependencies, "readConsole">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);
    pageRoutes(app, { place: "console", name: "console", read: readConsole });
    done();
  };
}
