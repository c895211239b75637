import type { FastifyRequest } from "fastify";
import { z } from "zod";

import { findIgnored, isRecord } from "../dialects/find-ignored.ts";
import { GatewayError } from "../errors.ts";

/** The query of a list of items. Source: OpenAI's reference, "List input items", "List items". */
export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order: z.enum(["asc", "desc"]).default("desc"),
  after: z.string().optional(),
  before: z.string().optional(),
});

/** Reads a query string. Throws kind `invalid-request` that names the wrong parameter. */
export function parseQuery<T>(schema: z.ZodType<T>, request: FastifyRequest): T {
  const result = schema.safeParse(request.query);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = issue?.path.join(".") ?? "query";
  throw new GatewayError("invalid-request", `'${param}' is not valid: ${issue?.message ?? "unreadable"}.`, {
    param,
  });
}

/** Parameters of a query that had no effect. A key may stand in every query. */
export function listIgnoredQuery({ shape }: z.ZodObject, { query }: FastifyRequest): readonly string[] {
  if (!isRecord(query)) return [];
  // SDKs write lists as `include[]=…`.
  const named = Object.entries(query).map(([name, value]) => [name.replace(/\[\d*\]$/, ""), value]);
  return findIgnored(Object.fromEntries(named), new Set([...Object.keys(shape), "key"]));
}
