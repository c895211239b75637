import { z } from "zod";

import type { NamedSchema } from "../shaping/schema/bound-schemas.ts";
import { optional } from "./optional.ts";

/** `input_examples` of a tool: inputs as the tool takes them, objects or texts. */
export const toolExamples = optional(z.array(z.union([z.record(z.string(), z.unknown()), z.string()])));

/** Examples as what is read to the model like a schema, and is as much work. */
export function* nameExamples(
  examples: readonly (Readonly<Record<string, unknown>> | string)[] | null | undefined,
  param: string,
): Generator<NamedSchema, void, undefined> {
  for (const example of examples ?? []) {
    yield typeof example === "string" ? { schema: {}, texts: [example], param } : { schema: example, param };
  }
}

/** A tool's description, and the examples of its input behind it: that is how the model is told of them. */
export function describeWithExamples(
  description: string | null | undefined,
  examples: readonly unknown[] | null | undefined,
): string {
  const shown = (examples ?? []).map((example) =>
    typeof example === "string" ? example : JSON.stringify(example),
  );
  return [description ?? "", shown.length === 0 ? "" : `Examples of its input:\n${shown.join("\n")}`]
    .filter((text) => text !== "")
    .join("\n\n");
}
