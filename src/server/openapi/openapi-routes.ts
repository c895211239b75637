import { readFile } from "node:fs/promises";

import type { FastifyPluginCallback } from "fastify";

import { createPageReader } from "../built-page/page-files.ts";
import { pageRoutes } from "../built-page/page-routes.ts";
import { baseUrlOf } from "../base-url.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import type { ServerDependencies } from "../route-dependencies.ts";

/**
 * The document without its servers, as text. The build has made it: to make it takes some 300 ms, in which nobody else is answered. A gateway that runs from
 * its source makes it when it is first asked for.
 */
async function readOrWriteDocument(file: URL): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const { describeGateway } = await import("./describe-gateway.ts");
  return JSON.stringify(describeGateway());
}

/**
 * `GET /openapi.json`: all routes of the gateway in OpenAPI 3.1, and `GET /docs/`, a page that shows it. Both are open: they hold nothing of the
 * gateway but its version and its address.
 */
export function openApiRoutes({
  config,
  documentFile,
  referenceFolder,
}: Pick<ServerDependencies, "config" | "documentFile" | "referenceFolder">): FastifyPluginCallback {
  let writing: Promise<string> | undefined;

  async function readDocument(): Promise<string> {
    writing ??= readOrWriteDocument(documentFile);
    try {
      return await writing;
    } catch (error) {
      writing = undefined;
      throw error;
    }
  }

  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);

    app.get("/openapi.json", async (request, reply) => {
      const text = await readDocument();
      // As each caller sees the gateway; its end is where the document's own begins.
      const servers = JSON.stringify({ servers: [{ url: baseUrlOf(request, config) }] });
      return reply.type("application/json; charset=utf-8").send(`${text.slice(0, -1)},${servers.slice(1)}`);
    });

    pageRoutes(app, { place: "docs", name: "reference", read: createPageReader(referenceFolder) });
    done();
  };
}
