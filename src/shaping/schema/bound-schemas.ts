import { GatewayError } from "../../errors.ts";
import type { JsonSchema } from "../../model/request.ts";

/** A schema of a request, and what else of a tool is read to the model. */
export interface NamedSchema {
  readonly schema: JsonSchema;
  /** Texts beside the schema. */
  readonly texts?: readonly (string | undefined)[];
  /** The field that holds it, as the client spelled it. */
  readonly param: string;
}

/**
 * What a client's schemas may hold. A schema of 20,000 values has some 5,000 described properties, ten times what a
 * large OpenAPI document has for one operation; 60,000 values are a thousand tools. All is read several times for
 * each request, so it must be little enough to be read in some milliseconds.
 */
export const schemaLimits = {
  /** JSON values of one schema: objects, lists, and what stands in them. */
  values: 20_000,
  /** JSON values of all schemas of a request. */
  allValues: 60_000,
  /** Lists and objects inside each other: half as many levels of properties. */
  depth: 200,
  /** UTF-16 units of all keys and texts of a request's tools. */
  text: 2_000_000,
  /** UTF-16 units of all patterns of a schema; the engine can't be interrupted while it reads one. */
  patterns: 20_000,
} as const;

/** What classes like `\p{L}` weigh in a pattern, in ordinary signs: each takes the engine 0.1 ms. */
const classWeight = 50;

/** How large a schema is. */
export interface SchemaSize {
  readonly values: number;
  readonly text: number;
  /** Why it is refused, whatever else the request holds. */
  readonly excess: string | undefined;
}

function weighPattern(pattern: string): number {
  return pattern.length + classWeight * (pattern.match(/\\[pP]\{/g)?.length ?? 0);
}

/** Measures a schema without trusting it: stops at the limits, and needs no stack for its depth. */
export function measureSchema(schema: unknown): SchemaSize {
  let values = 0;
  let text = 0;
  let patterns = 0;
  let excess: string | undefined;
  let level: object[] = typeof schema === "object" && schema !== null ? [schema] : [];
  for (let depth = 0; level.length > 0 && excess === undefined; depth += 1) {
    const inner: object[] = [];
    for (const container of level) {
      const isList = Array.isArray(container);
      for (const [key, value] of Object.entries(container) as Iterable<[string, unknown]>) {
        values += 1;
        if (!isList) text += key.length;
        if (typeof value === "string") {
          text += value.length;
          if (key === "pattern") patterns += weighPattern(value);
        } else if (typeof value === "object" && value !== null) {
          inner.push(value);
          if (key === "patternProperties" && !isList)
            for (const pattern of Object.keys(value)) patterns += weighPattern(pattern);
        }
      }
      if (values > schemaLimits.values) break;
    }
    level = inner;
    if (values > schemaLimits.values) excess = `it holds more than ${schemaLimits.values} values`;
    else if (text > schemaLimits.text) excess = `its texts are longer than ${schemaLimits.text} characters`;
    else if (patterns > schemaLimits.patterns) excess = "its patterns are too long";
    else if (depth > schemaLimits.depth) excess = `it is nested more than ${schemaLimits.depth} levels deep`;
  }
  return { values, text, excess };
}

/** Sizes of schemas that came before: agents send the same ones with each turn. */
const known = new WeakMap<JsonSchema, SchemaSize>();

function sizeOf(schema: JsonSchema): SchemaSize {
  const size = known.get(schema) ?? measureSchema(schema);
  known.set(schema, size);
  return size;
}

/**
 * Throws kind `invalid-request` for the first of a request's schemas that is too large by itself, or that makes all
 * of them too large: `param` is its field.
 */
export function boundSchemas(schemas: Iterable<NamedSchema>): void {
  let values = 0;
  let text = 0;
  for (const { schema, texts = [], param } of schemas) {
    const size = sizeOf(schema);
    values += size.values + 1;
    text += size.text;
    for (const one of texts) text += one?.length ?? 0;
    if (size.excess !== undefined)
      throw refuse(param, `${size.excess}. Describe what is deep or large in words instead`);
    if (values > schemaLimits.allValues)
      throw refuse(
        param,
        `the tools up to it hold more than ${schemaLimits.allValues} values. Offer fewer tools`,
      );
    if (text > schemaLimits.text)
      throw refuse(
        param,
        `the texts of the tools up to it are longer than ${schemaLimits.text} characters. Offer fewer tools`,
      );
  }
}

function refuse(param: string, reason: string): GatewayError {
  return new GatewayError("invalid-request", `${param} is too large: ${reason}.`, {
    param,
    shouldRetry: false,
  });
}
