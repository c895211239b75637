import type { FastifyRequest } from "fastify";
import { z } from "zod";

import { findIgnored, isRecord } from "../dialects/find-ignored.ts";
import { GatewayError } from "../errors.ts";

const once = z.string("expected to be given once");

/** A parameter that is a whole number, from the least to the most that it may be. */
export function wholeNumber(least: number, most: number) {
  return once
    .transform((value) => (/^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN))
    .refine((value) => value >= least && value <= most, `expected a whole number from ${least} to ${most}`);
}

/** The query of a list of items. Source: OpenAI's reference, "List input items", "List items". */
export const listQuery = z.object({
  limit: wholeNumber(1, 100).default(20),
  order: z.enum(["asc", "desc"], "expected asc or desc").default("desc"),
  after: once.optional(),
  before: once.optional(),
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
