import type { FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors.ts";

/** Whether a request opens a WebSocket (RFC 6455, section 4.1). Other upgrades, such as `h2c`, are only offers. */
export function wantsWebSocket({ method, headers }: Pick<FastifyRequest, "method" | "headers">): boolean {
  const protocols = (headers.upgrade ?? "").split(",").map((name) => name.trim().toLowerCase());
  return method === "GET" && protocols.includes("websocket");
}

/**
 * The error for a WebSocket on a path that takes other methods. Codex and Copilot go on with HTTP at once on 426, and
 * try seven times in six seconds on any other status.
 */
export function refuseWebSocket(reply: FastifyReply, methods: readonly string[]): GatewayError {
  // RFC 9110 wants the protocol named that would do.
  reply.header("upgrade", "HTTP/1.1").header("connection", "Upgrade");
  return new GatewayError(
    "method-not-allowed",
    `There are no WebSockets here. Send the request over HTTP: ${methods.join(", ")}.`,
    { status: 426, shouldRetry: false },
  );
}
