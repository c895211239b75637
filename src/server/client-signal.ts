import type { FastifyReply } from "fastify";

import { GatewayError } from "../errors.ts";
import { createController } from "../stream/create-controller.ts";

/**
 * A signal that is aborted when the response closes before it was sent whole: the client has left.
 *
 * It listens to the response, never to the request: Node closes a request as soon as its body was read
 * (fastify pull requests 6725 and 7033), and so `request.signal` would abort every healthy POST. That the response
 * closes even when its turn on the connection never came is the work of `closeWithConnection`.
 */
export function clientSignal(reply: FastifyReply): AbortSignal {
  const controller = createController();
  const { raw } = reply;
  const { shutdownSignal, atDeadline } = reply.server;
  const letGo = atDeadline(() => controller.abort(shutdownSignal.reason));

  function leave(): void {
    letGo();
    if (!raw.writableFinished)
      controller.abort(new GatewayError("aborted", "The client closed the connection."));
  }

  if (raw.destroyed) leave();
  else raw.once("close", leave);
  return controller.signal;
}
