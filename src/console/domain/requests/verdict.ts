import type { TraceObject } from "./trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { judgeRow, kindOf } from "./rows.ts";

/** What a verdict is told from; all of it is in the API's answers. */
export interface Judged {
  /** Of docs/traces.md, "The verdict". */
  readonly code: string;
  /** Tries before the last one, that failed. */
  readonly failed: readonly { readonly upstream: string; readonly kind: string }[];
  /** Who answered, or was asked last. */
  readonly last: string | undefined;
  readonly error: string | undefined;
  readonly message: string | undefined;
  /** How often, and why, the model was asked again. */
  readonly repairs: number;
  readonly reasons: readonly string[];
  /** Tools that were called, by name; unknown without a trace. */
  readonly tools: readonly string[];
  readonly isMended: boolean;
  readonly ms: number;
}

/** What is known of a request: of both, the trace knows more. */
export function judge(row: RequestObject | undefined, trace: TraceObject | undefined): Judged | undefined {
  const attempts = trace?.attempts ?? row?.attempts ?? [];
  const lastOne = attempts.at(-1);
  const failed = attempts
    .slice(0, -1)
    .filter(({ outcome }) => outcome !== "answered")
    .map(({ upstream, outcome }) => ({ upstream, kind: outcome }));
  const base = { failed, last: lastOne?.upstream, error: row === undefined ? undefined : kindOf(row) };
  if (trace !== undefined) {
    const again = trace.turns.filter(({ outcome }) => outcome === "asked_again");
    const kept = trace.turns.filter(({ outcome }) => outcome === "kept");
    return {
      ...base,
      code: trace.verdict.code,
      error: base.error ?? trace.answer.error ?? undefined,
      message: trace.answer.message ?? undefined,
      repairs: again.length,
      reasons: [...new Set(again.flatMap(({ reason }) => reason ?? []))],
      tools: [...new Set(kept.flatMap(({ blocks }) => blocks.flatMap(({ name }) => name ?? [])))],
      isMended: kept.some(({ parts }) => parts.some(({ mended }) => mended === true)),
      ms: trace.ms,
    };
  }
  if (row === undefined) return undefined;
  const nothing = { message: undefined, reasons: [], tools: [], isMended: false };
  return { ...base, ...nothing, code: judgeRow(row), repairs: row.repairs, ms: row.ms };
}
