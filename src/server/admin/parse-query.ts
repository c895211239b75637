import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";

const largestPage = 1000;
const usualPage = 100;

/** A parameter that is a text. */
export const text = z.string("must be given once").min(1, "must not be empty").max(500, "is too long");

/** How many entries a page has at most: 1 to 1000; 100 where nothing is said. */
export const pageLimit = text
  .transform((value) => (/^\d{1,6}$/.test(value) ? Number(value) : Number.NaN))
  .refine((value) => value >= 1 && value <= largestPage, `must be a whole number from 1 to ${largestPage}`)
  .default(usualPage);

/** Parses a query. Throws kind `invalid-request` with a text that names the first wrong parameter, which is also `param`. */
export function parseQuery<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>, given: unknown) {
  const query = typeof given === "object" && given !== null ? given : {};
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(query).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const shown = shorten(unknown);
    throw new GatewayError(
      "invalid-request",
      `There is no parameter '${shown}'. Known are ${known.join(", ")}.`,
      { param: shown, sent: [shown] },
    );
  }
  const result = schema.safeParse(query);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const param = String(issue?.path[0] ?? "");
  const missing = Reflect.get(query, param) === undefined;
  throw new GatewayError(
    "invalid-request",
    missing ? `'${param}' is missing.` : `'${param}' is not valid: it ${issue?.message ?? "is wrong"}.`,
    { param },
  );
}
