import type { z } from "zod";

/** A field that may be missing or null: both mean absent everywhere in the OpenAI APIs. */
export function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}
