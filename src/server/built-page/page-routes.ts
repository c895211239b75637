import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { GatewayError } from "../../errors.ts";
import { prefersHtml } from "../prefers-html.ts";
import { findCoding } from "./accepted-coding.ts";
import { describeMissingPage, missingPage } from "./missing-page.ts";
import type { PageFile, PageReader } from "./page-files.ts";

/** Only what the gateway itself serves is run, shown and asked; nobody may frame it, and no form leads elsewhere. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** What every page brings along. */
const pageHeaders = {
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
} as const;

/** Looked after each time, since the names of what it needs are in it. */
const forIndex = "no-cache";
/** A file of another content has another name. */
const forAssets = "public, max-age=31536000, immutable";

function sendFile(request: FastifyRequest, reply: FastifyReply, file: PageFile, cache: string) {
  const coding = findCoding(request.headers["accept-encoding"], file.bodies.keys());
  const etag = `"${file.etag}-${coding}"`;
  reply.headers({ ...pageHeaders, "cache-control": cache, vary: "accept-encoding", etag });
  const known = (request.headers["if-none-match"] ?? "")
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, ""));
  if (known.includes(etag)) return reply.code(304).send();
  if (coding !== "identity") reply.header("content-encoding", coding);
  return reply.type(file.type).send(file.bodies.get(coding));
}

/** A page that the build makes: where it stands, what it is called, and its files. */
export interface BuiltPage {
  /** The last part of its path, such as `console`. */
  readonly place: string;
  /** For people, such as `console`. */
  readonly name: string;
  readonly read: PageReader;
}

/** `GET /<place>/` and its files. All links in a page are relative, for gateways behind a path. */
export function pageRoutes(app: FastifyInstance, { place, name, read }: BuiltPage): void {
  app.get(`/${place}`, async (request, reply) => {
    const [path = ""] = request.originalUrl.split("?", 1);
    // Seen from a folder, what is beside the page is found behind any prefix.
    if (!path.endsWith("/")) return reply.code(308).header("location", `${place}/`).send();
    const files = await read();
    if (files !== undefined) return sendFile(request, reply, files.index, forIndex);
    if (!prefersHtml(request.headers.accept)) throw missingPage(name);
    const { headers, body } = describeMissingPage(name);
    return reply.code(404).headers(headers).send(body);
  });

  app.get<{ Params: { name: string } }>(`/${place}/assets/:name`, async (request, reply) => {
    const file = (await read())?.assets.get(request.params.name);
    if (file === undefined)
      throw new GatewayError("not-found", `The ${name} has no such file. Load its page again.`);
    return sendFile(request, reply, file, forAssets);
  });
}
