import type { FastifyReply } from "fastify";

const longest = 4000;

/** Names the parameters that had no effect, in `x-ignored-parameters` and in the log. */
export function showIgnored(reply: FastifyReply, ignored: readonly string[]): void {
  if (ignored.length === 0) return;
  // Some names hold what the client wrote; a header takes printable ASCII only, and clients take it only so long.
  const text = ignored.join(", ").replace(/[^\x20-\x7e]/g, "?");
  reply.header("x-ignored-parameters", text.length > longest ? `${text.slice(0, longest)}...` : text);
  reply.request.facts.ignored = ignored;
}
