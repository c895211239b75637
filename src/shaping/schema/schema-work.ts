import { createCheckBudget, type CheckBudget } from "./check-budget.ts";
import { createSchemaBook, type SchemaBook } from "./schema-book.ts";

/** What work with schemas is done with. */
export interface SchemaWork {
  /** Lives as long as the process. */
  readonly book: SchemaBook;
  /** Of the client's request. */
  readonly budget: CheckBudget;
}

/** For one check. Without a clock only the work itself is limited. */
function createLoneBudget(): CheckBudget {
  return createCheckBudget({ now: () => 0 });
}

/** For a schema by itself: each check is a request of its own, and only what takes too long by itself is ended. */
export function createLoneWork(): SchemaWork {
  const budget: CheckBudget = {
    compile: (subject, values, work) => createLoneBudget().compile(subject, values, work),
    check: (subject, work) => createLoneBudget().check(subject, work),
  };
  return { book: createSchemaBook(), budget };
}
