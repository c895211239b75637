import { createSchemaBook } from "../../src/shaping/schema/schema-book.ts";
import type { SchemaWork } from "../../src/shaping/schema/schema-work.ts";

/** Work with schemas without a clock, so that a busy machine judges as an idle one does. */
export function createPatientWork(): SchemaWork {
  return {
    book: createSchemaBook(),
    budget: {
      compile: (_subject, _values, work) => ({ done: work() }),
      check: (_subject, work) => ({ done: work() }),
      change: (_length, work) => ({ done: work() }),
      convert: (_length, work) => work(),
    },
  };
}
