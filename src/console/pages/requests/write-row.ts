import type { RequestObject } from "../../api/types.ts";
import { writeClock, writeDay, writeExactClock } from "../../domain/figures.ts";
import { kindOf, writeFinish } from "../../domain/requests/rows.ts";
import type { BadgeKind } from "../../parts/badge.tsx";
import { texts } from "../../text/index.ts";
import { requestTexts } from "./text.ts";

/** How a request ended, in a word; with a `kind`, it is a badge. */
export function writeResult(row: RequestObject): { readonly text: string; readonly kind?: BadgeKind } {
  const t = requestTexts.value.outcomes;
  if (row.outcome === "left") return { text: t.left, kind: "amber" };
  if (row.outcome === "answered") return { text: writeFinish(row.finish_reason, row.dialect) ?? t.answered };
  const kind = kindOf(row);
  return { text: kind === undefined ? t[row.outcome] : writeKind(kind), kind: "red" };
}

/** A kind of failure in words. */
export function writeKind(kind: string): string {
  return texts.value.overview.errorKinds[kind] ?? kind;
}

const isSameDay = (one: number, other: number) =>
  new Date(one).toDateString() === new Date(other).toDateString();

/** 17:08:41, with its day where that is not today's. */
export function writeTime(at: number, locale: string): string {
  const clock = writeExactClock(at, locale);
  return isSameDay(at, Date.now()) ? clock : `${writeDay(at, locale)} ${clock}`;
}

/** 17:08, likewise. */
export function writeShortTime(at: number, locale: string): string {
  const clock = writeClock(at, locale);
  return isSameDay(at, Date.now()) ? clock : `${writeDay(at, locale)} ${clock}`;
}
