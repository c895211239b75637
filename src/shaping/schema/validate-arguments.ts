import type { ErrorObject } from "ajv";

import type { JsonSchema } from "../../model/request.ts";
import { createLoneWork, type SchemaWork } from "./schema-work.ts";

// More faults than this help no model, and looking for different ones has an end, too.
const maximumFaults = 8;
const mostRead = 16;

/** A list of allowed values is cut here. */
const longestList = 2000;

/**
 * Makes a check by a client's schema (draft-07 or 2020-12) that names each fault in words. Unknown formats and
 * keywords are ignored; a schema that can't be compiled, or for which the request has no time, accepts everything: the
 * client's tool has the last word.
 */
export function createArgumentsValidator(
  schema: JsonSchema,
  { book, budget }: SchemaWork = createLoneWork(),
): (value: unknown) => readonly string[] {
  // `$schema` would ask for meta schemas we don't load; `$id` and `$async` change what compiling means.
  const { $schema, $id: _id, $async: _async, ...rest } = schema;
  const is2020 =
    (typeof $schema === "string" && /20(19|20)-/.test($schema)) ||
    "$defs" in schema ||
    "prefixItems" in schema;
  const draft = is2020 ? "2020-12" : "draft-07";
  const validator = book.validatorFor(rest, { draft, unicodePatterns: false });
  return (value) => {
    const errors = validator.check(value, budget) ?? [];
    const faults = errors.slice(0, mostRead).map(describeFault);
    return [...new Set(faults)].slice(0, maximumFaults);
  };
}

function describeFault(error: ErrorObject): string {
  const where =
    error.instancePath === "" ? "the arguments" : error.instancePath.slice(1).replaceAll("/", ".");
  const allowed: unknown = error.params["allowedValues"] ?? error.params["additionalProperty"];
  const list = allowed === undefined ? "" : `: ${shorten(JSON.stringify(allowed))}`;
  return `${where} ${error.message ?? "is wrong"}${list}`;
}

function shorten(list: string): string {
  return list.length > longestList ? `${list.slice(0, longestList)}…` : list;
}
