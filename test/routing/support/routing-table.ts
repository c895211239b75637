import { errorStatus, type ErrorKind } from "../../../src/errors.ts";
import type { Effect } from "../../../src/routing/verdict.ts";
import { readTable } from "../../conformance/support/read-table.ts";
import { faults, type RoutedFault } from "./failures.ts";
import { states } from "./legs.ts";

/** How a leg is. */
export type State = keyof typeof states;

/** Who is asked, of two legs that both fail. */
export interface OrderRow {
  readonly first: State;
  readonly second: State;
  readonly asked: readonly string[];
}

const outcomes = {
  "the error": { asked: ["first"], answered: false },
  "the other": { asked: ["first", "second"], answered: true },
  "the same": { asked: ["first", "first"], answered: true },
} as const;

/** What happens in one cell. */
export type CellOutcome = (typeof outcomes)[keyof typeof outcomes];

/** What a failure leads to. */
export interface FailureRow {
  readonly name: string;
  readonly fault: RoutedFault;
  readonly kind: ErrorKind;
  /** By how the other leg is; `none`: there is no other. */
  readonly before: Readonly<
    Record<"well" | "resting by our guess" | "resting as it was told" | "none", CellOutcome>
  >;
  readonly after: CellOutcome;
  readonly effect: Effect;
}

/** Reads both tables of docs/routing.md. Throws at the first cell that it does not understand. */
export function readRouting(page: string): {
  readonly orders: readonly OrderRow[];
  readonly failures: readonly FailureRow[];
} {
  return {
    orders: readTable(page, "## Whom a request asks").map((row) => ({
      first: toState(row["the first leg"]),
      second: toState(row["the second leg"]),
      asked: row["asked, in turn"] === "nobody" ? [] : (row["asked, in turn"] ?? "").split(", "),
    })),
    failures: readTable(page, "## What a failure leads to").map((row) => ({
      name: row["what fails"] ?? "",
      fault: known(faults[row["what fails"] ?? ""], row["what fails"]),
      kind: toKind(row["kind"] ?? ""),
      before: {
        well: toOutcome(row["the other is well"]),
        "resting by our guess": toOutcome(row["it rests by our guess"]),
        "resting as it was told": toOutcome(row["it rests as it was told"]),
        none: toOutcome(row["there is no other"]),
      },
      after: toOutcome(row["in the middle of the answer"]),
      effect: toEffect(row["what rests"] ?? ""),
    })),
  };
}

function toState(cell: string | undefined): State {
  if (cell !== undefined && isKey(states, cell)) return cell;
  throw new Error(`There is no state "${cell}"`);
}

function toOutcome(cell: string | undefined): CellOutcome {
  if (cell !== undefined && isKey(outcomes, cell)) return outcomes[cell];
  throw new Error(`Not understood: ${cell}`);
}

function toKind(cell: string): ErrorKind {
  const kind = cell.replaceAll("`", "");
  if (isKey(errorStatus, kind)) return kind;
  throw new Error(`There is no kind of failure ${cell}`);
}

function toEffect(cell: string): Effect {
  if (cell === "–") return { kind: "nothing" };
  if (cell === "a strike") return { kind: "strike" };
  const [, place, seconds, guessed] = known(/^the (upstream|model), (\d+) s(, guessed)?$/.exec(cell), cell);
  return {
    kind: "rest",
    place: place === "model" ? "model" : "upstream",
    forMs: Number(seconds) * 1000,
    told: guessed === undefined,
  };
}

function isKey<Table extends object>(table: Table, key: PropertyKey): key is keyof Table {
  return Object.hasOwn(table, key);
}

function known<Value>(value: Value | undefined | null, what: unknown): Value {
  if (value === undefined || value === null) throw new Error(`Not understood: ${JSON.stringify(what)}`);
  return value;
}
