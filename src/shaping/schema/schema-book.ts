import { LRUCache } from "lru-cache";

import type { JsonSchema } from "../../model/request.ts";
import { createValidator, type Dialect, type Validator } from "./create-validator.ts";

/** Remembers what was made of schemas: clients send the same ones with each request. */
export interface SchemaBook {
  /** The validator of a schema, the same one for equal schemas as long as it is remembered. */
  validatorFor(schema: JsonSchema, dialect: Dialect): Validator;
}

/** Compiled code takes some 10 kB for each schema of a tool, so this bounds it to some ten MB. */
const mostSchemas = 500;

/** Beyond this length of all their JSON schemas are forgotten, the longest unused first; in UTF-16 units. */
const mostText = 4_000_000;

/** Creates an empty book. */
export function createSchemaBook(): SchemaBook {
  const known = new LRUCache<string, Validator>({ max: mostSchemas, maxSize: mostText });
  return {
    validatorFor(schema, dialect) {
      const text = JSON.stringify([dialect, schema]);
      const found = known.get(text);
      if (found !== undefined) return found;
      const made = createValidator(schema, dialect);
      known.set(text, made, { size: text.length });
      return made;
    },
  };
}
