import { Ajv2020 } from "ajv/dist/2020.js";

import { GatewayError } from "../../errors.ts";
import type { JsonSchema } from "../../model/request.ts";
import { checkWithinTime } from "./check-within-time.ts";
import { withinTime } from "../within-time.ts";

/** Says what is wrong with a value, for the model's eyes; `undefined` when it fits. */
export type SchemaCheck = (value: unknown) => string | undefined;

const longestText = 600;
/** Ajv needs about 0.3 ms for each property; schemas that models can follow have some hundreds. */
const compileMs = 2000;

const options = { strict: false, validateFormats: false, allErrors: true, logger: false } as const;

/** Judges schemas and keeps none of them. Shared, because compiling the meta-schemas takes 20 ms. */
const judge = new Ajv2020(options);

/**
 * Compiles a client's JSON Schema (draft 2020-12; what older drafts have in common with it works too).
 * Formats and unknown keywords are not checked; a value whose check takes too long fits. Throws kind
 * `invalid-request` when the schema itself is wrong; `param` is the field that holds it, as the client spelled it.
 */
export function compileJsonSchema(schema: JsonSchema, param?: string): SchemaCheck {
  // Its draft is not needed, and one that Ajv does not know would be refused; `$async` would make checks promises.
  const { $schema: _draft, $async: _async, ...plain } = schema;
  // One instance each, so that equal $ids of different clients never meet.
  const ajv = new Ajv2020({ ...options, validateSchema: false });
  const validate = compile(() => {
    if (judge.validateSchema(plain) !== true)
      throw new Error(judge.errorsText(judge.errors, { dataVar: "it" }));
    const compiled = ajv.compile(plain);
    // A schema that is nothing but itself has no end.
    compiled({});
    return compiled;
  }, param);
  return checkWithinTime(plain, (value) => {
    try {
      if (validate(value)) return undefined;
    } catch (error) {
      return `it can't be checked: ${error instanceof Error ? error.message : String(error)}`;
    }
    const text = ajv.errorsText(validate.errors, { dataVar: "value", separator: "; " });
    return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
  });
}

function compile<T>(make: () => T, param: string | undefined): T {
  try {
    const made = withinTime(compileMs, make);
    if (made === undefined) throw new Error("it is too large");
    return made;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayError(
      "invalid-request",
      `${param ?? "The schema"} is not a valid JSON Schema: ${reason}.`,
      {
        param,
        shouldRetry: false,
        cause: error,
      },
    );
  }
}
