import { z } from "zod";

import type { JsonSchema } from "../model/request.ts";

/**
 * What the reference (`/openapi.json`) shows of a schema that reads more than zod can tell, because it turns what it is given into another
 * form first: takes what zod tells, and gives what is so. `schema.register(wireForms, { show })` says it.
 */
export const wireForms = z.registry<{ readonly show: (told: JsonSchema) => JsonSchema }>();

/** An object of any other type, which is wrapped before it is read. */
export function showWrapped(): JsonSchema {
  return { type: "object", properties: { type: { type: "string" } }, required: ["type"] };
}

/** An object whose type may be missing: the rest tells what it is. */
export function showWithoutType(told: JsonSchema): JsonSchema {
  const { required } = told;
  return { ...told, required: Array.isArray(required) ? required.filter((name) => name !== "type") : [] };
}
