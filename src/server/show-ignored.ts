import type { FastifyReply } from "fastify";

import { encodeIgnored } from "./answer-facts.ts";

/** Names the parameters that had no effect, in `x-ignored-parameters` and in the log. */
export function showIgnored(reply: FastifyReply, ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  const { facts } = reply.request;
  facts.ignore(ignored);
  // Some answers go out with the facts of another request, which began them.
  reply.header("x-ignored-parameters", encodeIgnored(ignored));
}
