import { Readable } from "node:stream";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { GatewayError, toGatewayError } from "../../errors.ts";
import type { ImageService, LinkedImage } from "../../images/image-service.ts";
import { imageFilesPath } from "../../images/sign-link.ts";
import { letGo } from "../../stream/let-go.ts";
import { clientSignal } from "../client-signal.ts";

const linkSchema = z.object({
  params: z.object({ name: z.string() }),
  query: z.object({
    sig: z.string(),
    format: z.enum(["webp", "png", "jpeg"]).optional(),
    quality: z
      .string()
      .regex(/^[1-9]\d{0,2}$/)
      .transform(Number)
      .optional(),
  }),
});

/**
 * The files that image links lead to. They ask for no token, since a browser can't send one with a picture:
 * the signature in the link is the permission.
 */
export function imageFileRoutes(images: ImageService): FastifyPluginCallback {
  async function send(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // Until the picture is certain: a failure must not be kept.
    reply.header("cache-control", "no-store");
    request.facts.waitFor("upstream-first-byte");
    const file = await images.open(readLink(request), request.headers["if-none-match"], clientSignal(reply));
    // Before the head is made up: a short file is seen to be broken here.
    if (request.method === "HEAD") await letGo(file.body);
    reply.headers({
      // The upstream's own links are same-origin; these are for any page.
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
      // A picture is nothing that could run in the gateway's name; should a browser see that otherwise, it can't.
      "content-security-policy": "default-src 'none'; sandbox",
    });
    if (showsItsEnd(request, file)) {
      reply.header("cache-control", "public, max-age=31536000, immutable");
      if (file.etag !== undefined) reply.header("etag", file.etag);
    }
    if (file.status === 304) return reply.code(304).send();

    reply.type(file.mediaType);
    if (file.contentLength !== undefined) reply.header("content-length", file.contentLength);
    if (request.method === "HEAD") return reply.send();
    return reply.send(Readable.from(watchBody(reply, file.body)));
  }

  return (app, _options, done) => {
    const url = `${imageFilesPath}:name`;
    app.route({ method: ["GET", "HEAD"], url, config: { public: true }, handler: send });
    done();
  };
}

/** A link with a query that the gateway never makes is as good as forged. */
function readLink(request: FastifyRequest) {
  const link = linkSchema.safeParse(request);
  if (!link.success) {
    throw new GatewayError("not-found", "There is no such image, or its link was changed.");
  }
  const { params, query } = link.data;
  return {
    fileName: params.name,
    signature: query.sig,
    encoding: query.format === undefined ? undefined : { format: query.format, quality: query.quality },
  };
}

/**
 * Whether who gets the picture can tell a whole one from one that broke off, which then is not kept (RFC 9111,
 * section 3.3): by its length, or by the last chunk, which HTTP/1.0 does not have.
 */
function showsItsEnd(request: FastifyRequest, file: LinkedImage): boolean {
  return file.contentLength !== undefined || request.raw.httpVersion !== "1.0" || file.status === 304;
}

/**
 * Passes a body on. When that fails, the connection breaks and the log says why; or the failure becomes an answer of
 * its own, if nothing was sent yet.
 */
async function* watchBody(reply: FastifyReply, body: AsyncIterable<Uint8Array>) {
  const { facts } = reply.request;
  try {
    for await (const piece of body) {
      facts.move();
      yield piece;
    }
  } catch (error) {
    reply.header("cache-control", "no-store").removeHeader("etag");
    facts.error = toGatewayError(error).kind;
    facts.cause = error;
    throw error;
  }
}
