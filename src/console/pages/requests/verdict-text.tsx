import type { TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { writeSeconds } from "../../domain/figures.ts";
import { judge, type Judged } from "../../domain/requests/verdict.ts";
import { CodeText } from "../../parts/code-text.tsx";
import { texts } from "../../text/index.ts";
import { requestTexts } from "./text.ts";
import { writeKind } from "./write-row.ts";

interface Sentences {
  readonly head: string;
  /** Ours; names of others stand in it between backquotes, or beside. */
  readonly rest: readonly string[];
  /** The gateway's own words on a failure. */
  readonly message?: string;
}

function headOf(found: Judged): Sentences {
  const t = requestTexts.value.verdict;
  const ms = writeSeconds(found.ms);
  const message = found.message ?? (found.error === undefined ? "" : `${writeKind(found.error)}.`);
  switch (found.code) {
    case "client-left":
      return { head: t.left(ms), rest: [] };
    case "refused":
      return { head: t.refused, rest: [], message };
    case "broken-off":
      return { head: t.brokenOff(found.last ?? "", ms), rest: [], message };
    case "failed":
      return { head: t.failed, rest: [], message };
    case "tool-called":
      return {
        head: t.called(found.tools.map(withoutTicks).join("`, `"), found.repairs > 0),
        rest: found.isMended ? [t.mended] : [],
      };
    case "tool-not-called":
      return { head: t.notCalled, rest: [t.notCalledRest] };
    case "call-unreadable":
      return { head: t.unreadable, rest: [t.unreadableRest] };
    case "cut":
      return { head: t.cut, rest: [t.cutRest] };
    default:
      return { head: t.answered(found.failed.length + 1), rest: [] };
  }
}

const withoutTicks = (text: string) => text.replaceAll("`", "");

function writeFailover({ failed, last, code }: Judged): readonly string[] {
  if (failed.length === 0 || last === undefined) return [];
  const t = requestTexts.value.verdict;
  const glue = texts.value.locale === "en" ? ", " : "，";
  const names = failed.map(({ upstream, kind }) => t.because(upstream, writeKind(kind))).join(glue);
  const isAnswered = !["failed", "refused"].includes(code);
  return [withoutTicks(isAnswered ? t.failover(names, last) : t.failoverFailed(names))];
}

function writeRepairs({ repairs, reasons }: Judged): readonly string[] {
  if (repairs === 0) return [];
  const t = requestTexts.value.verdict;
  return [t.again(repairs, reasons.map((reason) => t.reasons[reason] ?? reason).join(", "))];
}

/** Why a request went as it went, in a sentence or a few. */
export function VerdictText(props: {
  readonly row: RequestObject | undefined;
  readonly trace: TraceObject | undefined;
}) {
  const found = judge(props.row, props.trace);
  if (found === undefined) return null;
  const { head, rest, message } = headOf(found);
  const sentences = [...writeFailover(found), ...rest, ...writeRepairs(found)];
  return (
    <p class="request-verdict">
      <b>
        <CodeText text={head} />
      </b>{" "}
      {message}
      {message !== undefined && " "}
      <CodeText text={sentences.join(texts.value.locale === "en" ? " " : "")} />
    </p>
  );
}
