import { z } from "zod";

import { GatewayError } from "../../errors.ts";
import type { JsonSchema, ResponseFormat } from "../../model/request.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import { optional } from "../optional.ts";

const jsonSchema = z.record(z.string(), z.unknown());

/** What stands around a schema. It may also be the schema itself, and nothing around it. */
const wrapper = z.looseObject({
  name: optional(z.string()),
  description: optional(z.string()),
  schema: optional(jsonSchema),
});

/**
 * `response_format` as OpenAI has it, and with the schema where other servers take it and clients put it:
 * `{type, schema}` (llama.cpp, Together), `{type, json_object: {schema}}`, and `json_schema` without its wrapper.
 * One without a type is plain text, or what its schema says.
 */
export const responseFormat = z.looseObject({
  type: optional(z.enum(["text", "json_object", "json_schema"])),
  ...wrapper.shape,
  json_schema: optional(wrapper),
  json_object: optional(wrapper),
});

type WireFormat = z.output<typeof responseFormat>;
type Wrapper = z.output<typeof wrapper>;

/** The fields around a schema in OpenAI's form. */
const wrapperFields: ReadonlySet<string> = new Set(["name", "description", "schema", "strict"]);

interface FoundSchema {
  readonly schema: JsonSchema;
  readonly param: string;
  readonly around: Wrapper;
}

/** A schema without its wrapper: it has keywords, of which a wrapper has none. */
function findBare(around: Wrapper | undefined, param: string): FoundSchema | undefined {
  if (around === undefined) return undefined;
  const { name: _name, schema: _schema, strict: _strict, ...schema } = around;
  return Object.keys(schema).some((key) => !wrapperFields.has(key)) ? { schema, param, around } : undefined;
}

function findSchema(format: WireFormat, at: string): FoundSchema | undefined {
  const places = [
    [format.json_schema, `${at}.json_schema`],
    [format.json_object, `${at}.json_object`],
    [format, at],
  ] as const;
  for (const [around, param] of places) {
    if (around?.schema !== undefined) return { schema: around.schema, param: `${param}.schema`, around };
  }
  return (
    findBare(format.json_schema, `${at}.json_schema`) ?? findBare(format.json_object, `${at}.json_object`)
  );
}

/**
 * Reads a format, which stands in the field `at`. Throws `invalid-request` for a wrong schema, by the name of its field,
 * and for one that is not there: then the field is `schemaAt`, where the API has it.
 */
export function parseResponseFormat(
  format: WireFormat | undefined,
  at = "response_format",
  schemaAt = `${at}.json_schema`,
): ResponseFormat {
  if (format === undefined || format.type === "text") return { kind: "text" };
  const found = findSchema(format, at);
  if (found !== undefined) {
    const { schema, param, around } = found;
    refuseWrongSchema(schema, param);
    const { name = "response", description } = around;
    return { kind: "json-schema", name, ...(description === undefined ? {} : { description }), schema };
  }
  if (format.type === undefined) return { kind: "text" };
  if (format.type === "json_schema" && format.json_schema === undefined) {
    throw new GatewayError("invalid-request", `'${schemaAt}' is missing: expected an object.`, {
      param: schemaAt,
    });
  }
  return { kind: "json-object" };
}
