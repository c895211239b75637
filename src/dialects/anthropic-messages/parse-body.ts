import type { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";

/** A place in the request as the Messages API names it: `messages.0.content.1.text`. */
export type FieldPath = readonly PropertyKey[];

/** A refusal of one field, worded as the Messages API does: `messages.0.content: …`. `sent`: what of the message the client wrote. */
export function toFieldError(
  path: FieldPath,
  message: string,
  {
    kind = "invalid-request",
    sent,
  }: { readonly kind?: "invalid-request" | "unsupported"; readonly sent?: readonly string[] } = {},
): GatewayError {
  const param = path.map((key) => shorten(String(key))).join(".");
  return new GatewayError(kind, param === "" ? message : `${param}: ${message}`, { param, sent });
}

/**
 * Parses untrusted JSON by a schema. Throws kind `invalid-request` for the first field that is wrong,
 * with "Field required" for one that is missing.
 */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body, {
    error: (issue) =>
      issue.code === "invalid_type" && issue.input === undefined ? "Field required" : undefined,
  });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue === undefined) throw new GatewayError("invalid-request", "The request body is not valid.");
  throw toFieldError(
    issue.path,
    issue.path.length === 0 ? "The request body must be a JSON object." : issue.message,
  );
}
