import type { KeyObject } from "../../api/types.ts";
import { writeClock, writeCount } from "../../domain/figures.ts";
import { daysLeft, findBudget, isSeenWhole, type KeyRow, toHours } from "../../domain/keys.ts";
import { Badge } from "../../parts/badge.tsx";
import { Bars } from "../../parts/bars.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Meter } from "../../parts/meter.tsx";
import { now } from "../../state/clock.ts";
import { goTo, linkTo } from "../../state/route.ts";
import { type Texts } from "../../text/en.ts";
import { texts } from "../../text/index.ts";
import type { KnownKeys } from "./key-state.ts";
import { writeAgo } from "./write-ago.ts";
import { writeLimit } from "./write-limit.ts";

/** What is shown of keys. */
export interface KeyTableProps {
  readonly rows: readonly KeyRow[];
  readonly found: KnownKeys;
  readonly selected: string | undefined;
}

/** Keys, children below their parents. */
export function KeyTable({ rows, found, selected }: KeyTableProps) {
  const t = texts.value.keys;
  const c = t.columns;
  return (
    <div class="panel">
      <table class="key-table">
        <caption class="out-of-sight">{t.table}</caption>
        <thead>
          <tr>
            <th scope="col">{c.name}</th>
            <th scope="col">{c.key}</th>
            <th scope="col">{c.models}</th>
            <th scope="col">{c.rate}</th>
            <th scope="col">{c.budget}</th>
            <th scope="col">{c.hours}</th>
            <th scope="col" class="number">
              {c.lastUsed}
            </th>
            <th scope="col">
              <span class="out-of-sight">{texts.value.shell.more}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, depth }) => (
            <KeyTableRow
              key={key.id}
              shown={key}
              depth={depth}
              found={found}
              isSelected={key.id === selected}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly shown: KeyObject;
  readonly depth: number;
  readonly found: KnownKeys;
  readonly isSelected: boolean;
}

/** The strictest rate, in a few words. */
function writeRate(key: KeyObject, t: Texts): string {
  const count = (value: number) => writeCount(value, t.locale);
  if (key.requests_per_minute !== null) return t.keys.perMinute(count(key.requests_per_minute));
  if (key.tokens_per_minute !== null) return t.keys.tokensPerMinute(count(key.tokens_per_minute));
  return key.concurrency === null ? t.common.none : t.keys.atOnce(count(key.concurrency));
}

function KeyTableRow({ shown: key, depth, found, isSelected }: RowProps) {
  const t = texts.value;
  const hours = toHours(found.use?.hours ?? [], key.id, now.value);
  const total = hours.reduce((sum, count) => sum + count, 0);
  return (
    <tr class={isSelected ? "selected" : ""} onClick={() => goTo("keys", { selected: key.id })}>
      <th scope="row">
        <NameCell shown={key} depth={depth} isSelected={isSelected} />
      </th>
      <td class="key-hint">
        <code>{key.hint}</code>
      </td>
      <td class="key-models">
        <span class="clip">
          {key.models === null ? t.common.all : key.models.join(", ") || t.common.none}
        </span>
      </td>
      <td class="key-rate">{writeRate(key, t)}</td>
      <td class="key-budget">
        <BudgetCell shown={key} />
      </td>
      <td class="key-hours">
        <Bars values={hours} label={t.keys.hours(total)} />
      </td>
      <td class="number key-last">
        <LastUsed shown={key} found={found} />
      </td>
      <td class="key-more">
        <Icon name="more" />
      </td>
    </tr>
  );
}

function NameCell({ shown: key, depth, isSelected }: Pick<RowProps, "shown" | "depth" | "isSelected">) {
  const t = texts.value.keys;
  const days = daysLeft(key, now.value);
  return (
    <span class={`key-name key-depth-${Math.min(depth, 3)}`}>
      {depth > 0 && <Icon name="child" size={10} />}
      <a
        href={linkTo("keys", { selected: key.id })}
        aria-current={isSelected ? "true" : undefined}
        aria-label={t.edit(key.name)}
      >
        {key.name}
      </a>
      {days !== undefined && <Badge kind="amber">{t.expiresIn(days)}</Badge>}
    </span>
  );
}

function BudgetCell({ shown: key }: Pick<RowProps, "shown">) {
  const t = texts.value;
  const budget = findBudget(key);
  if (budget === undefined) return <span class="key-budget-text">{t.keys.noBudget}</span>;
  const { limit, share } = budget;
  const kind = share >= 1 ? "red" : share >= 0.6 ? "amber" : "accent";
  const words = writeLimit(limit, t);
  return (
    <span class="key-budget-cell">
      <Meter share={share} kind={kind} label={`${key.name}, ${t.keys.columns.budget}`} text={words} />
      <span class={`key-budget-text ${share >= 1 ? "text-red" : ""}`}>{words}</span>
    </span>
  );
}

function LastUsed({ shown: key, found }: Pick<RowProps, "shown" | "found">) {
  const t = texts.value;
  if (found.use === undefined) return <>—</>;
  const last = found.use.last.get(key.id);
  if (last === undefined)
    return <>{isSeenWhole(key, found.use, now.value) ? t.keys.notYet : t.keys.notLately}</>;
  const at = Date.parse(last.created_at);
  if (last.outcome === "refused") return <>{t.keys.refusedAt(writeClock(at, t.locale))}</>;
  return <>{writeAgo(now.value - at, t.common)}</>;
}
