import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { EncodedError } from "../dialects/dialect.ts";
import { GatewayError, toGatewayError } from "../errors.ts";

/** What a body above `limit` bytes gets. */
export function refuseLargeBody(limit: number, cause?: unknown): GatewayError {
  return new GatewayError(
    "payload-too-large",
    `The request body is larger than this gateway accepts (${limit} bytes, BODY_LIMIT_BYTES).`,
    { cause, shouldRetry: false },
  );
}

/** Fastify's own errors that a client can cause, in the gateway's terms. */
function toRequestError(thrown: unknown, request: FastifyRequest): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return refuseLargeBody(request.routeOptions.bodyLimit, thrown);
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new GatewayError("invalid-request", "The request body is not as long as Content-Length says.", {
        cause: thrown,
      });
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new GatewayError("invalid-request", "The Content-Type is not supported. Send JSON.", {
        cause: thrown,
      });
    // Of the method QUERY alone, which no route takes.
    case "FST_ERR_ROUTE_MISSING_CONTENT_TYPE":
      return new GatewayError("invalid-request", "QUERY wants a Content-Type, and no route here takes it.", {
        cause: thrown,
      });
    default: {
      // A client that leaves while it still sends its body.
      if (request.raw.destroyed && !request.raw.complete) {
        return new GatewayError("aborted", "The client closed the connection.", { cause: thrown });
      }
      return toGatewayError(thrown);
    }
  }
}

/**
 * Reads the rest of a refused body and drops it, as Node does with one that nobody began to read. Fastify would close the connection, and with bytes of the
 * client's still on their way that takes the answer from those who send on.
 */
function dropBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete) return;
  reply.removeHeader("connection");
  raw.unpipe();
  raw.resume();
}

/** Makes every failure of a plugin's routes (`app` is the plugin's own instance) an answer in its dialect. */
export function setDialectErrors(
  app: FastifyInstance,
  encode: (error: GatewayError, request: FastifyRequest) => EncodedError,
): void {
  app.setErrorHandler((thrown, request, reply) => {
    let error = toRequestError(thrown, request);
    // Layers below may only know that they were aborted; why is known here.
    const { shutdownSignal } = request.server;
    if (error.kind === "aborted" && shutdownSignal.aborted) error = toGatewayError(shutdownSignal.reason);
    request.facts.error = error.kind;
    request.facts.cause = thrown;
    dropBody(request, reply);
    const { status, headers, body } = encode(error, request);
    // Wanted with each 401. Source: RFC 9110, 11.6.1
    if (status === 401) reply.header("www-authenticate", "Bearer");
    // Whatever the route said of the answer that it did not give.
    reply.header("cache-control", "no-store");
    return reply.code(status).headers(headers).type("application/json; charset=utf-8").send(body);
  });
}
