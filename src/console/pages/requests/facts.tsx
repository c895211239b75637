import type { ComponentChildren } from "preact";

import type { TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { shortClient, writeCount, writeSeconds } from "../../domain/figures.ts";
import { texts } from "../../text/index.ts";
import { Cost } from "./cost.tsx";
import { requestTexts } from "./text.ts";
import { writeResult } from "./write-row.ts";

/** The figures of a request, in one line. */
export function Facts(props: {
  readonly row: RequestObject | undefined;
  readonly trace: TraceObject | undefined;
}) {
  const { row, trace } = props;
  const t = requestTexts.value.detail;
  const { locale, common } = texts.value;
  if (row === undefined) return null;
  const result = writeResult(row);
  const count = (value: number | null) => (value === null ? "—" : writeCount(value, locale));
  const turns = trace?.turns.length ?? 0;
  const asked = row.requested_model ?? common.notKnown;
  const reasoning = row.reasoning_tokens ?? 0;
  const settlement = trace?.settlement ?? null;
  const isMended = trace?.turns.some(({ parts }) => parts.some(({ mended }) => mended === true)) === true;
  const repairs = [
    ...(row.repairs > 0 ? [requestTexts.value.askedAgain(row.repairs)] : []),
    ...(row.retries > 0 ? [requestTexts.value.retried(row.retries)] : []),
    ...(isMended ? [t.mended] : []),
  ];
  return (
    <dl class="panel facts" aria-label={t.facts}>
      <Fact name={t.result}>
        <b class={result.kind === "red" ? "text-red" : ""}>{result.text}</b>{" "}
        {row.status !== null && row.outcome !== "answered" && <span>{row.status}</span>}
      </Fact>
      <Fact name={t.model} class="fact-wide">
        <b>{asked}</b> {row.model !== null && row.model !== asked && <span>→ {row.model}</span>}
      </Fact>
      <Fact name={t.firstToken}>
        <b>{row.first_token_ms === null ? "—" : writeSeconds(row.first_token_ms)}</b>
      </Fact>
      <Fact name={t.total}>
        <b>{writeSeconds(row.ms)}</b>
      </Fact>
      <Fact name={t.tokensIn}>
        <b>{count(row.input_tokens)}</b> {turns > 1 && <span>{t.turns(turns)}</span>}
      </Fact>
      <Fact name={t.tokensOut}>
        <b>{count(row.output_tokens)}</b>{" "}
        {reasoning > 0 && <span>{t.thinking(writeCount(reasoning, locale))}</span>}{" "}
        {row.estimated === true && <span>{t.counted}</span>}
      </Fact>
      <Fact name={t.cost}>
        <b>
          <Cost row={row} unknown={common.notKnown} />
        </b>
      </Fact>
      <Fact name={t.repairs}>
        <b>{repairs.length === 0 ? t.noRepair : repairs.join(", ")}</b>
      </Fact>
      {settlement !== null && (
        <Fact name={t.settled}>
          <b>{count(settlement.settled_tokens)}</b>{" "}
          <span>
            {t.reserved(count(settlement.reserved_input_tokens), count(settlement.reserved_output_tokens))}
          </span>
        </Fact>
      )}
      {row.client !== null && (
        <Fact name={t.client} class="fact-wide">
          <b>{shortClient(row.client)}</b>
        </Fact>
      )}
    </dl>
  );
}

function Fact(props: {
  readonly name: string;
  readonly class?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class={`fact ${props.class ?? ""}`}>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
