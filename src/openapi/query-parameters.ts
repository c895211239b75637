import type { z } from "zod";

import type { Parameter } from "./reference.ts";

/** The parameters of the query that a schema parses, each with what is said of it. */
export function queryParameters<Shape extends z.ZodRawShape>(
  { shape }: z.ZodObject<Shape>,
  descriptions: { readonly [Name in keyof Shape & string]: string },
): readonly Parameter[] {
  return Object.entries<string>(descriptions).map(([name, description]) => {
    // Of the shape, as their types say.
    const schema = shape[name] as unknown as z.ZodType;
    return { name, in: "query", description, schema, required: !schema.safeParse(undefined).success };
  });
}
