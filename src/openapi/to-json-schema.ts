import { z } from "zod";

import { wireForms } from "./wire-form.ts";

/** A JSON Schema of the 2020 draft, as OpenAPI 3.1 has them. */
export type Schema = Readonly<Record<string, unknown>>;

/** Where the document has its named schemas. */
const toRef = (name: string) => `#/components/schemas/${name}`;

/** What each whole number is, so it says nothing. */
const largest = Number.MAX_SAFE_INTEGER;

/** Puts in its place what is told of a schema. */
function replace(target: Record<string, unknown>, told: Schema): void {
  for (const name of Object.keys(target)) Reflect.deleteProperty(target, name);
  Object.assign(target, told);
}

function simplify(json: Record<string, unknown>): void {
  if (json["maximum"] === largest) delete json["maximum"];
  if (json["minimum"] === -largest) delete json["minimum"];
  // JSON has no other names.
  delete json["propertyNames"];
  // What fits two of the forms fits: a discriminator of open forms need not be one.
  if (json["oneOf"] !== undefined) {
    json["anyOf"] = json["oneOf"];
    delete json["oneOf"];
  }
  // What may be anything may also be nothing.
  const { anyOf: forms } = json;
  if (Array.isArray(forms) && forms.some((form) => Object.keys(Object(form)).length === 0))
    delete json["anyOf"];
}

/** Makes JSON Schemas of what parses requests and of what describes answers, as they are on the wire. */
export interface SchemaWriter {
  /** All that has a name, by it. */
  readonly named: Readonly<Record<string, Schema>>;
  nameOf(schema: z.ZodType): string | undefined;
  /** A reference to a schema that has a name; any other schema itself. */
  write(schema: z.ZodType): Schema;
}

/** What stands in the document needs no name and no draft of its own. */
function strip({ $schema: _schema, $id: _id, ...rest }: Schema): Schema {
  return rest;
}

/** Creates the writer of the schemas that have these names. Throws for two of one name. */
export function createSchemaWriter(names: Iterable<readonly [string, z.ZodType]>): SchemaWriter {
  const registry = z.registry<{ id: string }>();
  const known = new Map<string, z.ZodType>();
  for (const [id, schema] of names) {
    if (known.has(id) && known.get(id) !== schema) throw new Error(`Two schemas have the name ${id}.`);
    known.set(id, schema);
    registry.add(schema, { id });
  }
  const options = {
    io: "input",
    unrepresentable: "any",
    uri: toRef,
    override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }) {
      const json = jsonSchema as Record<string, unknown>;
      simplify(json);
      const form = wireForms.get(zodSchema as z.ZodType);
      if (form !== undefined) replace(json, form.show({ ...json }));
    },
  } as const;

  const written = z.toJSONSchema(registry, options).schemas;
  const named = Object.fromEntries([...known.keys()].map((name) => [name, strip(written[name] ?? {})]));

  return {
    named,
    nameOf: (schema) => registry.get(schema)?.id,
    write(schema) {
      const id = registry.get(schema)?.id;
      return id === undefined ? strip(z.toJSONSchema(schema, options)) : { $ref: toRef(id) };
    },
  };
}

/** What fits one of the schemas. */
export function toChoice(schemas: readonly Schema[]): Schema {
  const [only, ...more] = schemas;
  return only !== undefined && more.length === 0 ? only : { anyOf: schemas };
}
