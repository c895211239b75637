import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { JsonSchema } from "../../model/request.ts";
import { checkWithinTime } from "./check-within-time.ts";
import { withinTime } from "../within-time.ts";

// More faults than this help no model.
const maximumFaults = 8;

const compileMs = 2000;

/**
 * Compiles a client's schema (draft-07 or 2020-12) into a check that names each fault in words. Unknown formats and
 * keywords are ignored; a schema that can't be compiled, or takes too long to check, accepts everything: the client's
 * tool has the last word.
 */
export function createArgumentsValidator(schema: JsonSchema): (value: unknown) => readonly string[] {
  // `$schema` would ask for meta schemas we don't load; `$id` and `$async` change what compiling means.
  const { $schema, $id, $async, ...rest } = schema;
  void $id;
  void $async;
  const is2020 =
    (typeof $schema === "string" && /20(19|20)-/.test($schema)) ||
    "$defs" in schema ||
    "prefixItems" in schema;
  const options = {
    strict: false,
    validateFormats: false,
    validateSchema: false,
    addUsedSchema: false,
    allErrors: true,
    unicodeRegExp: false,
    logger: false,
  } as const;
  try {
    const ajv = is2020 ? new Ajv2020(options) : new Ajv(options);
    const check = withinTime(compileMs, () => ajv.compile(rest));
    if (check === undefined) return () => [];
    // A schema that is nothing but itself has no end.
    check({});
    const validate = checkWithinTime(rest, (value): readonly string[] => {
      if (check(value)) return [];
      const faults = (check.errors ?? []).map((error) => {
        const where =
          error.instancePath === "" ? "the arguments" : error.instancePath.slice(1).replaceAll("/", ".");
        const allowed: unknown = error.params["allowedValues"] ?? error.params["additionalProperty"];
        return `${where} ${error.message ?? "is wrong"}${allowed === undefined ? "" : `: ${JSON.stringify(allowed)}`}`;
      });
      return [...new Set(faults)].slice(0, maximumFaults);
    });
    return (value) => validate(value) ?? [];
  } catch {
    // Clients send schemas that no validator takes (broken references, patterns of other languages); see above.
    return () => [];
  }
}
