import { Readable } from "node:stream";
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { GatewayError } from "../../errors.ts";
import type { ImageService } from "../../images/image-service.ts";
import { imageFilesPath } from "../../images/sign-link.ts";
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
    const file = await images.open(readLink(request), request.headers["if-none-match"], clientSignal(reply));
    reply.headers({
      "cache-control": "public, max-age=31536000, immutable",
      // The upstream's own links are same-origin; these are for any page.
      "cross-origin-resource-policy": "cross-origin",
      // Should a file ever not be a picture, it is nothing that could run in the gateway's name.
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    if (file.etag !== undefined) reply.header("etag", file.etag);
    if (file.status === 304) return reply.code(304).send();

    if (!/^image\/[a-z0-9.+-]+$/i.test(file.mediaType)) {
      await close(file.body);
      reply.header("cache-control", "no-store");
      throw new GatewayError("upstream-protocol", "The upstream's file is not a picture.");
    }
    reply.type(file.mediaType);
    if (file.contentLength !== undefined) reply.header("content-length", file.contentLength);
    if (request.method === "HEAD") {
      await close(file.body);
      return reply.send();
    }
    return reply.send(Readable.from(file.body));
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

/** Lets go of a body that nobody will read. An iterator that never began would not close its source. */
async function close(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) break;
}
