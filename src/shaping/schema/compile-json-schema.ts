import { GatewayError, shorten } from "../../errors.ts";
import type { JsonSchema } from "../../model/request.ts";
import { judgeSchema } from "./judge-schema.ts";
import { createLoneWork, type SchemaWork } from "./schema-work.ts";

/** What is found of a value: that it fits, that nobody could tell, or what is wrong with it, for the model's eyes. */
export type Finding = "fits" | "unchecked" | { readonly reason: string };

/** Looks whether a value fits a schema. */
export type SchemaCheck = (value: unknown) => Finding;

const longestText = 600;

// More faults than this help no model.
const mostFaults = 16;

/**
 * Throws kind `invalid-request` when a client's schema is wrong or too large; `param` is the field that holds it, as the
 * client spelled it. Nothing is compiled, and a verdict is remembered.
 */
export function refuseWrongSchema(schema: JsonSchema, param?: string): void {
  const fault = judgeSchema(withoutDraft(schema));
  if (fault === undefined) return;
  const reason = shorten(fault, longestText);
  throw new GatewayError(
    "invalid-request",
    `${param ?? "The schema"} is not a valid JSON Schema: ${reason}.`,
    {
      param,
      shouldRetry: false,
      // It names places of the schema, and quotes it.
      sent: [reason],
    },
  );
}

/**
 * Makes a check of a client's JSON Schema (draft 2020-12; what older drafts have in common with it works too).
 * Formats and unknown keywords are not checked; a value whose check takes longer than the request has time is `unchecked`.
 * Throws as `refuseWrongSchema` does.
 */
export function compileJsonSchema(
  schema: JsonSchema,
  param?: string,
  { book, budget }: SchemaWork = createLoneWork(),
): SchemaCheck {
  refuseWrongSchema(schema, param);
  const validator = book.validatorFor(withoutDraft(schema), { draft: "2020-12", unicodePatterns: true });
  return (value) => {
    const errors = validator.check(value, budget);
    if (errors === undefined) return "unchecked";
    if (errors.length === 0) return "fits";
    const faults = errors.slice(0, mostFaults).map((error) => `value${error.instancePath} ${error.message}`);
    const text = faults.join("; ");
    return { reason: text.length > longestText ? `${text.slice(0, longestText)}…` : text };
  };
}

/** Its draft is not needed, and one that Ajv does not know would be refused; `$async` would make checks promises. */
function withoutDraft(schema: JsonSchema): JsonSchema {
  const { $schema: _draft, $async: _async, ...plain } = schema;
  return plain;
}
