import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";

import { GatewayError } from "../../errors.ts";
import { setDialectErrors } from "../dialect-errors.ts";
import { encodeEdgeError } from "../encode-edge-error.ts";
import { prefersHtml } from "../prefers-html.ts";
import type { ServerDependencies } from "../route-dependencies.ts";
import { findCoding } from "./accepted-coding.ts";
import type { ConsoleFile } from "./console-files.ts";
import { missingConsole, missingConsolePage } from "./missing-console.ts";

/** Only what the gateway itself serves is run, shown and asked; nobody may frame it, and no form leads elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What every page of the console brings along. */
export const consoleHeaders = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** Looked after each time, since the names of what it needs are in it. */
const forIndex = "no-cache";
/** A file of another content has another name. */
const forAssets = "public, max-age=31536000, immutable";

function sendFile(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile, cache: string) {
  const coding = findCoding(request.headers["accept-encoding"], file.bodies.keys());
  const etag = `"${file.etag}-${coding}"`;
  reply.headers({ ...consoleHeaders, "cache-control": cache, vary: "accept-encoding", etag });
  const known = (request.headers["if-none-match"] ?? "")
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag)) return reply.code(304).send();
  if (coding !== "identity") reply.header("content-encoding", coding);
  return reply.type(file.type).send(file.bodies.get(coding));
}

/**
 * `GET /console/`: the console, a page that asks the APIs of the gateway as any program can; so it is open, and shows what the token allows
 * that its reader gives it. All links in it are relative, for gateways behind a path.
 */
export function consoleRoutes({
  readConsole,
}: Pick<ServerDependencies, "readConsole">): FastifyPluginCallback {
  return (app, _options, done) => {
    setDialectErrors(app, encodeEdgeError);

    app.get("/console", async (request, reply) => {
      const [path = ""] = request.originalUrl.split("?", 1);
      // Seen from a folder, what is beside the page is found behind any prefix.
      if (!path.endsWith("/")) return reply.code(308).header("location", "console/").send();
      const files = await readConsole();
      if (files !== undefined) return sendFile(request, reply, files.index, forIndex);
      if (!prefersHtml(request.headers.accept)) throw missingConsole();
      return reply.code(404).headers(missingConsolePage.headers).send(missingConsolePage.body);
    });

    app.get<{ Params: { name: string } }>("/console/assets/:name", async (request, reply) => {
      const file = (await readConsole())?.assets.get(request.params.name);
      if (file === undefined)
        throw new GatewayError("not-found", "The console has no such file. Load its page again.");
      return sendFile(request, reply, file, forAssets);
    });
    done();
  };
}
