import type { ComponentChildren } from "preact";

import type { OpenObject, RequestObject } from "../../api/types.ts";
import { writeCount, writeRunning, writeSeconds } from "../../domain/figures.ts";
import { rowKey, shortRoute } from "../../domain/requests/rows.ts";
import { Badge } from "../../parts/badge.tsx";
import { Icon } from "../../parts/icon.tsx";
import { access } from "../../state/access.ts";
import { goTo, linkTo } from "../../state/route.ts";
import { texts } from "../../text/index.ts";
import { AttemptNames } from "./attempt-names.tsx";
import { type ColumnName, columnNames, hiddenColumns, SortedHead } from "./columns.tsx";
import { Cost } from "./cost.tsx";
import { isHeld, keyNames, readFilters, release } from "./list-state.ts";
import { requestTexts } from "./text.ts";
import { TotalBar } from "./total-bar.tsx";
import { writeResult, writeTime } from "./write-row.ts";

const numbers: ReadonlySet<ColumnName> = new Set(["first", "in", "out", "cost"]);

/** Keeps the list still, or lets it move. */
const hold = (isPointed: boolean) => () => {
  isHeld.value = isPointed || scrollY > 0;
  if (!isHeld.value) release();
};

/** Requests under way, then those that are over; it holds still while it is pointed at. */
export function RequestTable(props: {
  readonly rows: readonly RequestObject[];
  readonly open: readonly OpenObject[];
}) {
  const t = requestTexts.value;
  const shown = columnNames.filter((name) => !hiddenColumns.value.includes(name));
  return (
    <table
      class="request-table"
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocusIn={hold(true)}
      onFocusOut={hold(false)}
    >
      <caption class="out-of-sight">{t.table}</caption>
      <thead>
        <tr>
          <SortedHead text={t.column.time} />
          <th scope="col">{t.column.result}</th>
          {shown.map((name) => (
            <th key={name} scope="col" class={numbers.has(name) ? "number" : ""}>
              {t.column[name]}
            </th>
          ))}
          <th scope="col">
            <span class="out-of-sight">{t.column.trace}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.open.map((request) => (
          <OpenRow key={`open ${request.id}`} request={request} shown={shown} />
        ))}
        {props.rows.map((row) => (
          <Row key={rowKey(row)} row={row} shown={shown} />
        ))}
      </tbody>
    </table>
  );
}

type Cells = Readonly<Record<ColumnName, ComponentChildren>>;

interface LineProps {
  readonly id: string;
  readonly at: number;
  readonly result: ComponentChildren;
  readonly cells: Cells;
  readonly shown: readonly ColumnName[];
  readonly isTraced: boolean;
}

/** A row, whatever it is of. */
function Line({ id, at, result, cells, shown, isTraced }: LineProps) {
  const t = requestTexts.value;
  const query = { ...readFilters(), request: id };
  return (
    <tr onClick={() => goTo("requests", query)}>
      <th scope="row" class="cell-time">
        <a href={linkTo("requests", query)} onClick={(event) => event.stopPropagation()}>
          {writeTime(at, texts.value.locale)}
        </a>
      </th>
      <td class="cell-result">{result}</td>
      {shown.map((name) => (
        <td key={name} class={`cell-${name}${numbers.has(name) ? " number" : ""}`}>
          {cells[name]}
        </td>
      ))}
      <td class="cell-trace">
        {isTraced && (
          <span role="img" aria-label={t.isTraced} title={t.isTraced}>
            <Icon name="trace" size={14} />
          </span>
        )}
      </td>
    </tr>
  );
}

/** Who asked without a key: the operator, or where no token is wanted whoever it was. */
function NoKey() {
  return access.value?.open === true ? (
    <span class="faint">—</span>
  ) : (
    <>{texts.value.shell.callers.operator}</>
  );
}

const count = (value: number | null) => (value === null ? "" : writeCount(value, texts.value.locale));

function Row({ row, shown }: { readonly row: RequestObject; readonly shown: readonly ColumnName[] }) {
  const t = requestTexts.value;
  const result = writeResult(row);
  const isAsked = row.attempts.length > 0;
  const model = row.model ?? row.requested_model;
  const cells: Cells = {
    route: shortRoute(row.route),
    key: row.key === null ? <NoKey /> : (keyNames.value.get(row.key) ?? row.key),
    model: isAsked && row.model !== null ? <b>{row.model}</b> : "—",
    asked: row.requested_model === row.model && isAsked ? "" : (model ?? ""),
    upstreams: <AttemptNames attempts={row.attempts} />,
    first: row.first_token_ms === null ? <span class="faint">—</span> : writeSeconds(row.first_token_ms),
    total: (
      <span class="total">
        <span class="number">{writeSeconds(row.ms)}</span>
        <TotalBar ms={row.ms} firstMs={row.first_token_ms} isFailed={row.error !== null} />
      </span>
    ),
    in: count(row.input_tokens),
    out: row.pictures > 0 ? t.pictures(row.pictures) : count(row.output_tokens),
    cost: <Cost row={row} />,
    repairs: (
      <>
        {row.repairs > 0 && <Badge kind="emulated">{t.askedAgain(row.repairs)}</Badge>}{" "}
        {row.retries > 0 && <Badge kind="emulated">{t.retried(row.retries)}</Badge>}
      </>
    ),
  };
  return (
    <Line
      id={row.id}
      at={Date.parse(row.created_at)}
      result={result.kind === undefined ? result.text : <Badge kind={result.kind}>{result.text}</Badge>}
      cells={cells}
      shown={shown}
      isTraced={row.traced}
    />
  );
}

function OpenRow({
  request,
  shown,
}: {
  readonly request: OpenObject;
  readonly shown: readonly ColumnName[];
}) {
  const t = requestTexts.value;
  const { first_token_ms: first, ms, model, upstream } = request;
  const cells: Cells = {
    route: shortRoute(request.route),
    key: request.key_name ?? <NoKey />,
    model: model === null ? "—" : <b>{model}</b>,
    asked: "",
    upstreams: upstream ?? <span class="faint">{t.notAsked}</span>,
    first: first === null ? <span class="faint">—</span> : writeSeconds(first),
    total: (
      <span class="total">
        <span class="number">{writeRunning(ms)}</span>
        <TotalBar ms={ms} firstMs={first} isFailed={false} />
      </span>
    ),
    in: "",
    out: "…",
    cost: "",
    repairs: "",
  };
  return (
    <Line
      id={request.id}
      at={Date.now() - ms}
      result={<Badge kind="accent">{first === null ? t.states.waiting : t.states.streaming}</Badge>}
      cells={cells}
      shown={shown}
      isTraced={false}
    />
  );
}
