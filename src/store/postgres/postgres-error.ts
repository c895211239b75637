import { StoreError } from "../response-store.ts";
import { DatabaseError } from "../sqlite/protocol.ts";

/** A statement that failed. */
export class PostgresError extends StoreError {
  /** Nothing of it was done, nor will be; false: nobody knows. */
  readonly isUndone: boolean;
  /** The five characters by which PostgreSQL says what was wrong; `undefined`: it said nothing. */
  readonly code: string | undefined;

  constructor(cause: unknown, isUndone: boolean) {
    super("unavailable", cause);
    this.isUndone = isUndone;
    this.code = readCode(cause);
  }
}

/** The code of an error that PostgreSQL has sent. Others have codes too, such as `ECONNRESET`. */
function readCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("severity" in error)) return undefined;
  const code: unknown = Reflect.get(error, "code");
  return typeof code === "string" ? code : undefined;
}

/** Codes at which no other statement would do better: the server starts, stops, lets us in no more or has no connection left, or is a replica. */
const awayCodes = /^(?:08|28|3D000|53300|57P0[1-5]|25006)/;

/**
 * Whether the database can't be used at all after such an error, which its next statement would show as well. What ends a statement alone
 * (a lock or time that ran out, a deadlock, a mistake) is none.
 */
export function isAway({ code }: PostgresError): boolean {
  return code === undefined || awayCodes.test(code);
}

/** What an operator may read of a failure. Never a password: PostgreSQL and its client put none into their messages. */
export function describeFailure(error: unknown): string {
  if (error instanceof AggregateError && error.message === "")
    return error.errors.map((one) => describeFailure(one)).join("; ");
  return error instanceof Error ? error.message : String(error);
}

/** A failure as the watches of stores take it: by what was wrong, in place of what clients are told. */
export function toDatabaseError(error: unknown): DatabaseError {
  if (!(error instanceof StoreError)) return new DatabaseError("unavailable", describeFailure(error));
  return new DatabaseError(error.problem, describeFailure(error.cause));
}

/** What is asked while the database is away. */
export function createAwayError(): PostgresError {
  return new PostgresError(new Error("the database is away"), true);
}
