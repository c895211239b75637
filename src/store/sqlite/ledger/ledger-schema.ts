import { figureNames } from "../../../ledger/sum-up.ts";
import { dayMs } from "../../../ledger/time-names.ts";
import { ledgerColumns } from "./ledger-columns.ts";

const types = {
  number: "INTEGER",
  text: "TEXT",
  name: "INTEGER",
  outcome: "INTEGER",
  flag: "INTEGER",
  list: "TEXT",
};

const requestColumns = Object.entries(ledgerColumns)
  .map(([name, kind]) => `"${name}" ${types[kind]}${kind === "name" ? " NOT NULL" : ""}`)
  .join(", ");

const sums = (table: string) => `
  CREATE TABLE IF NOT EXISTS ${table} (
    slot INTEGER NOT NULL, "key" INTEGER NOT NULL, model INTEGER NOT NULL,
    ${figureNames.map((column) => `"${column}" INTEGER NOT NULL`).join(", ")},
    PRIMARY KEY (slot, "key", model)) WITHOUT ROWID;`;

/**
 * The tables of a ledger: rows, sums by hour and by day (`slot`: so many since the epoch), and names. Each filter that leaves few rows of
 * many has an index, in the order of pages; of outcomes, errors and sessions only those that few rows have. Ids look like chance, so theirs
 * goes by day: else each row would change a page of its own.
 */
export const ledgerSchema = `
  CREATE TABLE IF NOT EXISTS names (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, day INTEGER NOT NULL, lasting INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS requests (sequence INTEGER PRIMARY KEY, ${requestColumns});
  CREATE INDEX IF NOT EXISTS requestsByTime ON requests (at);
  CREATE INDEX IF NOT EXISTS requestsById ON requests (at / ${dayMs}, id);
  CREATE INDEX IF NOT EXISTS requestsByKey ON requests ("key", at);
  CREATE INDEX IF NOT EXISTS requestsByModel ON requests (model, at);
  CREATE INDEX IF NOT EXISTS requestsByUpstream ON requests (upstream, at);
  CREATE INDEX IF NOT EXISTS requestsByDialect ON requests (dialect, at);
  CREATE INDEX IF NOT EXISTS requestsByOutcome ON requests (outcome, at) WHERE outcome > 0;
  CREATE INDEX IF NOT EXISTS requestsByError ON requests (error, at) WHERE error > 0;
  CREATE INDEX IF NOT EXISTS requestsBySession ON requests (session, at) WHERE session IS NOT NULL;
  ${sums("hours")}
  ${sums("days")}`;
