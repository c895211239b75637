import { dayMs } from "../../../ledger/time-names.ts";
import { cellCounts, cellKeys, cellTimes } from "./cell-columns.ts";
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

const numbers = [...cellKeys, ...cellCounts, "lastAt"];

/**
 * The tables of a ledger: rows, cells, and names. Each filter that leaves few rows of many has an index, in the order of pages; of outcomes,
 * errors and sessions only those that few rows have. Ids look like chance, so theirs goes by day: else each row would change a page of its own.
 * Cells go by their time, so that all that a write changes lies together.
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
  CREATE TABLE IF NOT EXISTS cells (
    ${numbers.map((name) => `"${name}" INTEGER NOT NULL`).join(", ")}, ${cellTimes.map((name) => `"${name}" BLOB NOT NULL`).join(", ")},
    PRIMARY KEY (${cellKeys.map((name) => `"${name}"`).join(", ")})) WITHOUT ROWID;`;
