import { errorStatus, type ErrorKind } from "../../../src/errors.ts";
import type { AnyDialect } from "./dialects.ts";
import { faults, type Phase } from "./faults/index.ts";
import type { Fault } from "./faults/fault.ts";
import { readTable, type TableRow } from "./read-table.ts";

/** How a kind of failure looks in one API. */
export interface Look {
  readonly status: number;
  /** `undefined` where the API has none. */
  readonly type: string | undefined;
  /** OpenAI's code; `undefined` where the API has none. */
  readonly code: string | null | undefined;
  /** A streamed request gets it as an event, with status 200. */
  readonly asEvent: boolean;
  /** The API always says `x-should-retry: false`. */
  readonly final: boolean;
}

/** A kind of failure in each API. */
export interface KindRow {
  readonly kind: ErrorKind;
  readonly look: (dialect: AnyDialect) => Look;
  /** The code of a Responses object that failed. */
  readonly failureCode: string;
  /** Whether SDKs ask again by themselves, going by the status alone. */
  readonly repeated: boolean;
}

/** What a client is told at the end. */
export type Outcome =
  | { readonly kind: ErrorKind }
  | { readonly finish: keyof AnyDialect["finishes"]; readonly picture: boolean };

/** What a client had got before. */
export interface Given {
  readonly text: "nothing" | "some" | "all";
  readonly thinking: boolean;
  /** How a picture gets on, which is no part of the answer. */
  readonly progress: boolean;
}

/** A fault of one phase, and what becomes of it. */
export interface FaultRow {
  readonly phase: Phase;
  readonly name: string;
  readonly fault: Fault;
  readonly outcome: (dialect: AnyDialect) => Outcome;
  readonly given: (dialect: AnyDialect) => Given;
  /** How often the upstream's routes were asked. Chat is always among them, others only if the table counts them. */
  readonly asked: (dialect: AnyDialect) => ReadonlyMap<Route, number>;
  /** Seconds; `about`: or near it. */
  readonly retryAfter: (
    dialect: AnyDialect,
  ) => { readonly seconds: number; readonly about: boolean } | undefined;
  /** `x-should-retry: false`. */
  readonly final: (dialect: AnyDialect) => boolean;
}

const routes = {
  chat: "/api/chat",
  session: "/api/auth/session",
  list: "/api/models",
  state: "/api/image-status",
  file: "/api/image/picture.webp",
} as const;

/** A route of the upstream as the table calls it. */
export type Route = keyof typeof routes;

/** The path of a route, without a slash at its end. */
export function pathOf(route: Route): string {
  return routes[route];
}

/** Reads both tables of docs/failures.md. Throws at the first cell that it does not understand. */
export function readFailures(page: string): {
  readonly kinds: ReadonlyMap<ErrorKind, KindRow>;
  readonly rows: readonly FaultRow[];
} {
  const kinds = readTable(page, "## What a failure looks like").map(toKindRow);
  return {
    kinds: new Map(kinds.map((row) => [row.kind, row])),
    rows: readTable(page, "## Every fault").map(toFaultRow),
  };
}

function toKindRow(row: TableRow): KindRow {
  const looks = new Map(
    ["Chat Completions", "Completions, Images", "Responses", "Messages", "Ollama", "Gemini"].flatMap(
      (column) => column.split(", ").map((title) => [title, toLook(cellOf(row, column))] as const),
    ),
  );
  return {
    kind: toKind(cellOf(row, "kind")),
    look: (dialect) => found(looks.get(dialect.title), dialect.title),
    failureCode: unquoted(cellOf(row, "in a failed response")),
    repeated: found({ yes: true, no: false }[cellOf(row, "SDKs ask again")], row),
  };
}

function toLook(cell: string): Look {
  const match = /^(\d{3})(?: `(\w+)`(?: (`\w+`|–))?)?(, never again)?(; streamed: an event)?$/.exec(cell);
  const [, status, type, code, final, asEvent] = found(match, cell);
  return {
    status: Number(status),
    type,
    code: code === undefined ? undefined : code === "–" ? null : unquoted(code),
    final: final !== undefined,
    asEvent: asEvent !== undefined,
  };
}

function toFaultRow(row: TableRow): FaultRow {
  const name = cellOf(row, "what fails");
  const phase = cellOf(row, "phase");
  if (!isPhase(phase)) throw new Error(`There is no phase "${phase}"`);
  const ofPhase: Readonly<Record<string, Fault>> = faults[phase];
  const fault = ofPhase[name];
  if (fault === undefined)
    throw new Error(`${phase}: "${name}" has no script of this name in test/conformance/support/faults/`);
  return {
    phase,
    name,
    fault,
    outcome: perDialect(cellOf(row, "the client gets"), toOutcome),
    given: perDialect(cellOf(row, "before that"), toGiven),
    asked: perDialect(cellOf(row, "asked"), toAsked),
    retryAfter: perDialect(cellOf(row, "`Retry-After`"), toRetryAfter),
    final: perDialect(cellOf(row, "`x-should-retry`"), (cell) =>
      found({ "–": false, "`false`": true }[cell], cell),
    ),
  };
}

const titles = ["Chat Completions", "Completions", "Responses", "Messages", "Ollama", "Gemini", "Images"];

/** `…; Images: …`: the second for that API, the first for all others. */
function perDialect<Value>(cell: string, read: (words: string) => Value): (dialect: AnyDialect) => Value {
  const [usual = "", ...others] = cell.split("; ");
  const value = read(usual);
  const exceptions = new Map(
    others.map((other) => {
      const [, title, words] = found(/^([\w ]+): (.+)$/.exec(other), cell);
      if (!titles.includes(title ?? "")) throw new Error(`There is no API "${title}"`);
      return [title, { value: read(words ?? "") }];
    }),
  );
  // What is read of an exception may well be `undefined`.
  return ({ title }) => (exceptions.get(title) ?? { value }).value;
}

const answers: Readonly<Record<string, Outcome>> = {
  "the answer": { finish: "stop", picture: false },
  "the answer, cut at the limit": { finish: "length", picture: false },
  "the answer, filtered": { finish: "filter", picture: false },
  "the picture": { finish: "stop", picture: true },
};

function toOutcome(cell: string): Outcome {
  return answers[cell] ?? { kind: toKind(cell) };
}

function toGiven(cell: string): Given {
  const words = cell === "–" ? [] : cell.split(", ");
  const has = (word: string) => words.includes(word);
  const known = ["some", "all", "thinking", "progress"];
  if (!words.every((word) => known.includes(word))) throw new Error(`Not understood: ${cell}`);
  return {
    text: has("all") ? "all" : has("some") ? "some" : "nothing",
    thinking: has("thinking"),
    progress: has("progress"),
  };
}

function toAsked(cell: string): ReadonlyMap<Route, number> {
  const asked = new Map<Route, number>([["chat", 0]]);
  for (const words of cell === "–" ? [] : cell.split(", ")) {
    const [, times, route = ""] = found(/^(\d+) × (\w+)$/.exec(words), cell);
    if (!isRoute(route)) throw new Error(`There is no route "${route}"`);
    asked.set(route, Number(times));
  }
  return asked;
}

function toRetryAfter(cell: string): ReturnType<FaultRow["retryAfter"]> {
  if (cell === "–") return undefined;
  const [, about, seconds] = found(/^(about )?(\d+)$/.exec(cell), cell);
  return { seconds: Number(seconds), about: about !== undefined };
}

function toKind(cell: string): ErrorKind {
  const kind = unquoted(cell);
  if (!isKind(kind)) throw new Error(`There is no kind of failure "${kind}"`);
  return kind;
}

function isKind(word: string): word is ErrorKind {
  return Object.hasOwn(errorStatus, word);
}

function isPhase(word: string): word is Phase {
  return Object.hasOwn(faults, word);
}

function isRoute(word: string): word is Route {
  return Object.hasOwn(routes, word);
}

function unquoted(cell: string): string {
  return found(/^`([^`]+)`$/.exec(cell)?.[1], cell);
}

function cellOf(row: TableRow, column: string): string {
  return found(row[column], `the column "${column}"`);
}

function found<Value>(value: Value | undefined | null, what: unknown): Value {
  if (value === undefined || value === null) throw new Error(`Not understood: ${JSON.stringify(what)}`);
  return value;
}
