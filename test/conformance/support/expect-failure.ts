import { expect } from "vitest";

import type { AnyDialect, Reading, WireError } from "./dialects.ts";
import type { FaultRow, Given, KindRow, Look } from "./failure-table.ts";
import { deltas } from "./faults/fault.ts";
import type { Mode, Played } from "./play-fault.ts";

/** A row of the table, and who met it how. */
export interface Case {
  readonly row: FaultRow;
  readonly dialect: AnyDialect;
  readonly mode: Mode;
  /** What the model would have said. */
  readonly said?: readonly string[];
  /** What it said is not given word by word: nothing may come but the beginning of it. */
  readonly shaped?: boolean;
}

/** HTML, cookies, tokens, passwords, paths and inner addresses of the upstream: for nobody's eyes. */
const secrets = /<(?:html|body|b)\b|cf_clearance|session_token=|[\da-f]{32}|10\.0\.0\.7|hunter2|\/srv\//;

/** Fails unless the client got what the table says. `kind` is the description of the row's kind, if it fails. */
export function expectFailure(given: Case, played: Played, kind: KindRow | undefined): void {
  const { row, dialect, mode } = given;
  expect(JSON.stringify(played.headers) + played.text).not.toMatch(secrets);
  const asked = [...row.asked(dialect)];
  expect(asked.map(([route]) => [route, played.asked(route)])).toEqual(asked);
  if (kind === undefined) expectAnswer(given, played);
  else if (mode !== "whole" && comesInStream(given, kind)) expectEvent(given, played, kind);
  else expectStatus(given, played, kind);
}

/** Whether a stream has begun, so that no status can be given any more. */
function comesInStream({ row, dialect, mode }: Case, kind: KindRow): boolean {
  const { text, thinking, progress } = givenBy(row, dialect);
  const began = text !== "nothing" || thinking || progress;
  return began || mode === "streamed late" || kind.look(dialect).asEvent;
}

/** Completions leave thinking out. */
function givenBy(row: FaultRow, dialect: AnyDialect): Given {
  const given = row.given(dialect);
  return { ...given, thinking: given.thinking && dialect.name !== "completions" };
}

function expectAnswer(given: Case, played: Played): void {
  const { row, dialect, mode } = given;
  const outcome = row.outcome(dialect);
  if ("kind" in outcome) throw new Error(`Not described: ${outcome.kind}`);
  expect(played.status).toBe(200);
  const reading =
    mode === "whole" ? dialect.readWhole(JSON.parse(played.text)) : dialect.readStream(played.text);
  const text = outcome.picture ? "![x]()" : textOf(row.given(dialect), given);
  expect({ ...reading, text: withoutLinks(reading.text) }).toEqual({
    text,
    reasoning: "",
    finish: dialect.finishes[outcome.finish],
    error: undefined,
  });
}

/** What an API says of an error beside its message: not all have words for it. */
function toShown({ type, code }: Pick<Look, "type" | "code">): Partial<WireError> {
  return { ...(type === undefined ? {} : { type }), ...(code === undefined ? {} : { code }) };
}

/** The error of a stream that has begun, behind all that was said. */
function expectEvent(given: Case, played: Played, kind: KindRow): void {
  const { row, dialect, shaped } = given;
  expect(played.status).toBe(200);
  expect(played.headers["content-type"]).toContain(dialect.streamType ?? "text/event-stream");
  const { type, code } = kind.look(dialect);
  const error = dialect.name === "responses" ? { code: kind.failureCode } : toShown({ type, code });
  const before = givenBy(row, dialect);
  const reading = dialect.readStream(played.text);
  expect(reading).toMatchObject({ finish: undefined, error });
  if (shaped === true) expect(textOf(before, given).startsWith(reading.text)).toBe(true);
  else
    expect(reading).toMatchObject({ text: textOf(before, given), reasoning: before.thinking ? "Hm." : "" });
  const wait = row.retryAfter(dialect);
  if (wait !== undefined && dialect.name === "responses") {
    expectWait(/ try again in (\d+)s\.$/.exec(messageOf(reading))?.[1], wait);
  }
}

/** An error with a status of its own. */
function expectStatus({ row, dialect }: Case, played: Played, kind: KindRow): void {
  const { status, type, code, final } = kind.look(dialect);
  expect(played.status).toBe(status);
  expect(played.headers["content-type"]).toMatch(/^application\/json/);
  const error = dialect.readError(JSON.parse(played.text));
  expect(error).toMatchObject(toShown({ type, code }));
  expect(error.message.length).toBeGreaterThan(10);
  expectWait(played.headers["retry-after"]?.toString(), row.retryAfter(dialect));
  expect(played.headers["x-should-retry"]).toBe(final || row.final(dialect) ? "false" : undefined);
}

function expectWait(actual: string | undefined, wait: ReturnType<FaultRow["retryAfter"]>): void {
  if (wait === undefined || !wait.about) expect(actual).toBe(wait?.seconds.toString());
  // The clock goes on while it is asked.
  else expect(Math.abs(Number(actual) - wait.seconds)).toBeLessThan(60);
}

/** The text that the words of the table stand for. */
function textOf({ text }: Given, { row, said = deltas }: Case): string {
  if (text === "nothing") return "";
  return row.fault.said ?? (text === "all" ? said : said.slice(0, 3)).join("");
}

function withoutLinks(text: string): string {
  return text.replaceAll(/\]\(http[^)]*\)/g, "]()");
}

function messageOf({ error }: Reading): string {
  return error?.message ?? "";
}
