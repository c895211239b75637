import type { FastifyReply } from "fastify";

import type { Spellings } from "../dialects/dialect.ts";

/**
 * Has the parameters that had no effect named, in `x-ignored-parameters` (by the hook of `showBudget`, or the head of a stream) and in
 * the log. Those of `spellings` are named only if the upstream that answers does not take them.
 */
export function showIgnored(
  reply: FastifyReply,
  ignored: readonly string[],
  spellings: Spellings = {},
): void {
  const { facts } = reply.request;
  // Headers may have been ignored before the body was read.
  if (facts.ignored.length > 0) facts.ignore(ignored);
  else facts.ignored = ignored;
  facts.spellings = spellings;
}
