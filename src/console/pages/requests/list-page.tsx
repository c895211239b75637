import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import type { OpenObject } from "../../api/types.ts";
import { writeCount } from "../../domain/figures.ts";
import { findOpen } from "../../domain/requests/rows.ts";
import { Button } from "../../parts/button.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Message } from "../../parts/message.tsx";
import { access } from "../../state/access.ts";
import { goTo, route } from "../../state/route.ts";
import { useKeys } from "../../state/shortcuts.ts";
import { span, status } from "../../state/status.ts";
import { token } from "../../state/token.ts";
import { texts } from "../../text/index.ts";
import { copy } from "../../parts/copy-button.tsx";
import { lastShown } from "./detail-state.ts";
import { ExportMenu } from "./export-menu.tsx";
import { FilterBar, writeFilters } from "./filter-bar.tsx";
import { isHeld, type List, list, readFilters, readList, readListFor, readOlder } from "./list-state.ts";
import { NextTraceBand, TraceNextButton } from "./next-trace.tsx";
import { RequestTable } from "./request-table.tsx";
import { Strip } from "./strip.tsx";
import { requestTexts } from "./text.ts";

const links = () => [...document.querySelectorAll<HTMLAnchorElement>(".request-table .cell-time a")];

/** The request that a link leads to. */
const idOf = (hash: string) => new URLSearchParams(hash.split("?")[1]).get("request");

/** Moves the focus by so many rows. */
function move(by: number): void {
  const all = links();
  const here = all.indexOf(document.activeElement as HTMLAnchorElement);
  const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** Copies the id of the row that has the focus. */
function copyId(): void {
  const id = document.activeElement instanceof HTMLAnchorElement ? idOf(document.activeElement.hash) : null;
  if (id !== null) void copy(id);
}

/** The ledger as a table. */
export function ListPage() {
  const t = requestTexts.value;
  const c = texts.value;
  const filters = JSON.stringify([readFilters(), span.value, access.value?.caller, token.value]);
  useEffect(() => readListFor(filters), [filters]);
  // Who comes back from a request goes on where it stands.
  useLayoutEffect(() => {
    const link = links().find(({ hash }) => idOf(hash) === lastShown.current);
    link?.focus();
    link?.scrollIntoView({ block: "center" });
  }, []);
  useKeys({ j: () => move(1), k: () => move(-1), c: copyId });
  const all = status.value?.activity?.all.requests;
  if (access.value?.ledger === false)
    return (
      <>
        <h1>{c.pages.requests}</h1>
        <div class="panel">
          <Message title={t.noLedger} text={t.noLedgerHint} />
        </div>
      </>
    );
  return (
    <>
      <header class="page-head">
        <h1>{c.pages.requests}</h1>
        {all !== undefined && (
          <span class="note request-count">
            {t.count(writeCount(all, c.locale), c.overview.spans[span.value])}
          </span>
        )}
        <div class="page-tools request-tools">
          <ExportMenu />
          <TraceNextButton />
        </div>
      </header>
      <NextTraceBand />
      {access.value?.caller === "key" && !access.value.admin && (
        <p class="note">
          <CodeText text={t.ownOnly(access.value.key?.name ?? "")} />
        </p>
      )}
      <FilterBar />
      <Strip />
      <ListView found={list.value} />
    </>
  );
}

/** Requests under way. While the list is held, those that were there stay where they are, and no others come. */
function useOpenRows(): readonly OpenObject[] {
  const filters = JSON.stringify(readFilters());
  const open = findOpen(status.value?.open ?? [], route.value.query);
  const last = useRef({ filters, open });
  const isStill = isHeld.value && last.current.filters === filters;
  const shown = isStill ? last.current.open.map((row) => open.find(({ id }) => id === row.id) ?? row) : open;
  last.current = { filters, open: shown };
  return shown;
}

function ListView({ found }: { readonly found: List }) {
  const t = requestTexts.value;
  const c = texts.value;
  const open = useOpenRows();
  if (found.kind === "loading")
    return <div class="panel shape loading" role="status" aria-label={c.common.loading} />;
  if (found.kind === "failed")
    return (
      <div class="panel">
        <Message title={t.failed} text={`${found.message} ${t.servesOn}`}>
          <Button onPress={() => void readList()}>{c.common.again}</Button>
        </Message>
      </div>
    );
  const count = found.rows.length + open.length;
  const isFiltered = Object.keys(readFilters()).length > 0;
  const all = status.value?.activity?.all.requests;
  return (
    <div class="panel request-panel">
      {count === 0 ? (
        <Message
          title={isFiltered ? t.none : t.noneYet}
          text={isFiltered ? t.filtered(writeFilters()) : t.noneYetHint}
        >
          {found.looked > 0 && <p class="note">{t.searched(writeCount(found.looked, c.locale))}</p>}
          {isFiltered && <Button onPress={() => goTo("requests")}>{t.clear}</Button>}
        </Message>
      ) : (
        <RequestTable rows={found.rows} open={open} />
      )}
      {(count > 0 || found.next !== null) && (
        <footer class="request-foot">
          <span>
            {isFiltered || all === undefined || all < count
              ? t.shownOnly(writeCount(count, c.locale))
              : t.shown(writeCount(count, c.locale), writeCount(all, c.locale))}
            {found.looked > 0 && count > 0 && ` · ${t.searched(writeCount(found.looked, c.locale))}`}
          </span>
          {found.next !== null && (
            <Button small busy={found.isReading} onPress={() => void readOlder()}>
              {found.looked > 0 ? t.searchOlder : t.older}
            </Button>
          )}
          <span class="foot-legend">
            <Legend />
          </span>
          <span class="foot-keys">
            <kbd>J</kbd> <kbd>K</kbd> {t.move} <kbd>Enter</kbd> {t.open}
          </span>
        </footer>
      )}
    </div>
  );
}

function Legend() {
  const t = requestTexts.value;
  return (
    <>
      <svg width="14" height="8" aria-hidden="true">
        <rect class="bar-wait" x="0.5" y="0.5" width="13" height="7" rx="1" fill="url(#hatch)" />
      </svg>
      {t.waitingKey}
      <svg width="14" height="8" aria-hidden="true">
        <rect class="fill-accent" width="14" height="8" rx="1" />
      </svg>
      {t.streamingKey}
    </>
  );
}
