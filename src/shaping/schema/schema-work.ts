import { createCheckBudget, type CheckBudget } from "./check-budget.ts";
import { createSchemaBook, type SchemaBook } from "./schema-book.ts";

/** What work with schemas is done with. */
export interface SchemaWork {
  /** Lives as long as the process. */
  readonly book: SchemaBook;
  /** Of the client's request. */
  readonly budget: CheckBudget;
}

/** Without a clock only the work itself is limited. */
function createLoneBudget(): CheckBudget {
  return createCheckBudget({ now: () => 0 });
}

/** For a piece of work by itself: each is a request of its own, and only what takes too long by itself is ended. */
export const loneBudget: CheckBudget = {
  compile: (subject, values, work) => createLoneBudget().compile(subject, values, work),
  check: (subject, work) => createLoneBudget().check(subject, work),
  change: (length, work) => createLoneBudget().change(length, work),
  convert: (_length, work) => work(),
};

/** For a schema by itself. */
export function createLoneWork(): SchemaWork {
  return { book: createSchemaBook(), budget: loneBudget };
}
