import type { TraceObject, TurnObject } from "./trace-types.ts";
import type { AttemptObject, RequestObject } from "../../api/types.ts";
import type { BlockPlace } from "./link-parts.ts";
import { readRaw } from "./read-raw.ts";

/** `wait`: asked and waiting; `bytes`: something arrives, nobody knows what; `own`: the gateway's work, or held back by it. */
export type BarKind = "wait" | "bytes" | "thinking" | "text" | "tool_call" | "dropped" | "own";

/** A stretch of time, in ms since the beginning of the request. */
export interface Bar {
  readonly kind: BarKind;
  readonly from: number;
  readonly to: number;
}

/** A row of the timeline. */
export interface TimelineRow {
  readonly kind: "gateway" | "attempt" | "client";
  /** From 1 on; with a `turn` beyond the attempt's first it is not named again. */
  readonly attempt?: number;
  readonly upstream?: string;
  /** Index of the turn of the trace that it is. */
  readonly turn?: number;
  /** Asked again for what the turn before had said. */
  readonly isRepair?: boolean;
  readonly bars: readonly Bar[];
  readonly firstByte?: number;
  /** The kind of its failure, and when. */
  readonly failed?: { readonly at: number; readonly kind: string };
  /** Somebody else was asked after it. */
  readonly isFollowed?: boolean;
  /** How long it took; of the client, until when. */
  readonly ms: number;
}

function toBars(turn: TurnObject): readonly Bar[] {
  if (turn.first_ms === null) return [];
  return readRaw(turn).map(({ as, fromMs, toMs }) => ({ kind: as, from: fromMs, to: toMs }));
}

function toTurnRow(turn: TurnObject, index: number, endMs: number): Omit<TimelineRow, "kind"> {
  const end = turn.ended_ms ?? endMs;
  const first = turn.first_ms;
  return {
    turn: index,
    bars: [{ kind: "wait", from: turn.began_ms, to: first ?? end }, ...toBars(turn)],
    ...(first === null ? {} : { firstByte: first }),
    ...(turn.outcome === "failed" ? { failed: { at: end, kind: turn.reason ?? "" } } : {}),
    ms: end - turn.began_ms,
  };
}

/** Rows of the tries and turns. A turn is of the next try when the one before it failed; a try without turns is of its own length. */
function toAttemptRows(
  attempts: readonly AttemptObject[],
  turns: readonly TurnObject[],
  beginMs: number,
  endMs: number,
): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  let next = 0;
  let clock = beginMs;
  for (const [index, { upstream, outcome, ms }] of attempts.entries()) {
    const base = { kind: "attempt" as const, attempt: index + 1, upstream };
    const isFollowed = index < attempts.length - 1;
    const isLast = !isFollowed;
    const failed = outcome !== "answered";
    // Turns that failed are as many as tries that did, but for those that came to no turn.
    const isTurnless = failed && turns.slice(next).filter((turn) => turn.outcome === "failed").length === 0;
    if (isTurnless || next >= turns.length) {
      const end = clock + ms;
      rows.push({
        ...base,
        bars: failed
          ? [{ kind: "wait", from: clock, to: end }]
          : [
              { kind: "wait", from: clock, to: end },
              { kind: "bytes", from: end, to: isLast ? endMs : end },
            ],
        ...(failed ? { failed: { at: end, kind: outcome } } : { firstByte: end }),
        isFollowed,
        ms: failed ? ms : Math.max(ms, endMs - clock),
      });
      clock = end;
      continue;
    }
    let isRepair = false;
    for (let turn = turns[next]; turn !== undefined; turn = turns[next]) {
      const row = toTurnRow(turn, next, endMs);
      rows.push({
        ...base,
        ...row,
        isRepair,
        isFollowed,
        ...(row.failed !== undefined && failed ? { failed: { at: row.failed.at, kind: outcome } } : {}),
      });
      clock = turn.ended_ms ?? endMs;
      next += 1;
      isRepair = true;
      if (turn.outcome === "failed" && !isLast) break;
    }
  }
  return rows;
}

/** What the client had, and when: what was there to be sent, and what was kept back between. */
function toClientRow(
  { turns, ms, answer }: TraceObject,
  links: readonly (BlockPlace | undefined)[],
  isStream: boolean,
): TimelineRow {
  const base = {
    kind: "client" as const,
    ms,
    ...(answer.error === null ? {} : { failed: { at: ms, kind: answer.error } }),
  };
  const first = turns.find((turn) => turn.first_ms !== null)?.first_ms ?? undefined;
  if (!isStream) return { ...base, bars: first === undefined ? [] : [{ kind: "own", from: first, to: ms }] };
  const bars: Bar[] = [];
  for (const link of links) {
    const block = link === undefined ? undefined : turns[link.turn]?.blocks[link.block];
    if (block?.from_ms === undefined) continue;
    const last = bars.at(-1);
    const from = Math.max(block.from_ms, last?.to ?? 0);
    if (last !== undefined && from > last.to) bars.push({ kind: "own", from: last.to, to: from });
    bars.push({ kind: block.kind, from, to: Math.max(from, block.to_ms ?? from) });
  }
  return { ...base, bars };
}

/** The timeline of a traced request. `links`: the blocks that the parts of the client's answer were. */
export function toTimeline(
  trace: TraceObject,
  links: readonly (BlockPlace | undefined)[],
  isStream: boolean,
): readonly TimelineRow[] {
  const { turns, exchanges, attempts, ms } = trace;
  const begin = turns[0]?.began_ms ?? exchanges[0]?.at_ms ?? (attempts.length === 0 ? ms : 0);
  return [
    { kind: "gateway", bars: [{ kind: "own", from: 0, to: begin }], ms: begin },
    ...toAttemptRows(attempts, turns, begin, ms),
    toClientRow(trace, links, isStream),
  ];
}

/** The timeline of a request of which only the ledger knows: its tries, one after the other, and what the client saw. */
export function toRowTimeline(row: RequestObject): readonly TimelineRow[] {
  const { attempts, ms, first_token_ms: first, error } = row;
  const failed = error === null ? {} : { failed: { at: ms, kind: error } };
  const waiting: Bar = { kind: "wait", from: 0, to: first ?? ms };
  return [
    ...toAttemptRows(attempts, [], 0, ms),
    {
      kind: "client",
      bars: first === null ? [waiting] : [waiting, { kind: "bytes", from: first, to: ms }],
      ...(first === null ? {} : { firstByte: first }),
      ...failed,
      ms,
    },
  ];
}

/** The axis of a time: round steps, and where it ends: behind all, so that there is room for a note. */
export function findAxis(ms: number): { readonly step: number; readonly top: number } {
  const size = 10 ** Math.floor(Math.log10(Math.max(ms, 1) / 10));
  const step = [1, 2, 5, 10].map((one) => one * size).find((one) => one * 10 >= ms) ?? size * 10;
  const least = Math.max(step, 0.001);
  return { step: least, top: Math.max(1, Math.ceil((ms * 1.15) / least)) * least };
}
