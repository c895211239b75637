import type { DatabaseSync } from "node:sqlite";

import type { LedgerActivity, LedgerActivityQuery } from "../../../ledger/activity.ts";
import type { LedgerGroup, LedgerPage, LedgerPageQuery, LedgerSumQuery } from "../../../ledger/ledger.ts";
import { toPage } from "../../../ledger/page-place.ts";
import { createSumUp, readFigures } from "../../../ledger/sum-up.ts";
import { createTimeNames } from "../../../ledger/time-names.ts";
import type { Table } from "../protocol.ts";
import { fromCells } from "./ledger-columns.ts";
import { watchFile } from "./open-ledger-file.ts";
import { type PackedSums, packSums } from "./packed-sums.ts";
import { readActivity } from "./read-activity.ts";
import { selectRows } from "./select-rows.ts";
import { selectSums } from "./select-sums.ts";

export { openForReading as openFile } from "./open-ledger-file.ts";

/** Asks for a page, for sums, or for what happened. */
export type LedgerQuestion =
  | { readonly kind: "list"; readonly query: LedgerPageQuery }
  | { readonly kind: "sum"; readonly query: LedgerSumQuery }
  | { readonly kind: "activity"; readonly query: LedgerActivityQuery };

/** What the reader is started with. */
export interface LedgerReportSettings {
  readonly file: string;
}

/** The reader's side of a ledger. */
export function openTable(
  database: DatabaseSync,
  { file }: LedgerReportSettings,
): Table<LedgerQuestion, never> {
  const checkFile = watchFile(file);
  const selectId = database.prepare("SELECT id FROM names WHERE text = ?");
  const selectText = database.prepare("SELECT text FROM names WHERE id = ?");

  function findName(text: string): number | undefined {
    const id = selectId.get(text)?.["id"];
    return typeof id === "number" ? id : undefined;
  }

  /** For one question: a number may get another name later. */
  function createNames(): (id: number) => string | undefined {
    const known = new Map<number, string | undefined>();
    return (id) => {
      if (id === 0) return undefined;
      if (!known.has(id)) {
        const text = selectText.get(id)?.["text"];
        known.set(id, typeof text === "string" ? text : undefined);
      }
      return known.get(id);
    };
  }

  function list(query: LedgerPageQuery): LedgerPage {
    const selection = selectRows(query, findName);
    if (selection === undefined) return { rows: [] };
    const nameOf = createNames();
    const found = database.prepare(selection.sql).all(...selection.values);
    const rows = found.map((cells) => ({
      row: fromCells(cells, nameOf),
      sequence: Number(cells["sequence"]),
    }));
    return toPage(rows, query.limit);
  }

  function sum(query: LedgerSumQuery): PackedSums {
    const nameOf = createNames();
    const times = createTimeNames();
    const sumUp = createSumUp(query.by);
    const toName = (group: LedgerGroup, value: number): string | null => {
      if (group === "day") return times.day(value);
      if (group === "hour") return times.hour(value);
      return nameOf(value) ?? null;
    };
    for (const { sql, values } of selectSums(query, findName)) {
      for (const part of database.prepare(sql).iterate(...values)) {
        const group = query.by.map((name, index) => toName(name, Number(part[`group${index}`])));
        sumUp.add(group, readFigures(part));
      }
    }
    return packSums(query.by, sumUp.members());
  }

  function answer(question: LedgerQuestion): LedgerPage | PackedSums | LedgerActivity {
    if (question.kind === "list") return list(question.query);
    if (question.kind === "sum") return sum(question.query);
    return readActivity(database, question.query, { findName, nameOf: createNames() });
  }

  return {
    read(question) {
      checkFile();
      // Parts of one answer must be of one moment.
      database.exec("BEGIN");
      try {
        return answer(question);
      } finally {
        database.exec("COMMIT");
      }
    },
    write() {
      throw new Error("reports change nothing");
    },
    makeRoom: () => false,
  };
}
