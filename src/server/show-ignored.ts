import type { FastifyReply } from "fastify";

/** Names the parameters that had no effect, in `x-ignored-parameters` and in the log. */
export function showIgnored(reply: FastifyReply, ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  reply.header("x-ignored-parameters", ignored.join(", "));
  reply.request.facts.ignored = ignored;
}
