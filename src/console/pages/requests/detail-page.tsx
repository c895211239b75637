import { useEffect, useLayoutEffect } from "preact/hooks";

import { findTalkDialect } from "../../domain/chat/from-request/talk-dialects.ts";
import { writeRunning } from "../../domain/figures.ts";
import type { TraceObject } from "../../domain/requests/trace-types.ts";
import { Button } from "../../parts/button.tsx";
import { copy, CopyButton } from "../../parts/copy-button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Message } from "../../parts/message.tsx";
import { access, knownBy } from "../../state/access.ts";
import { hasPage } from "../../state/pages.ts";
import { goTo, linkTo, route } from "../../state/route.ts";
import { useEscape, useKeys } from "../../state/shortcuts.ts";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import "../../styles/trace.css";
import { type Detail, findDetail, readDetail } from "./detail-state.ts";
import { Facts } from "./facts.tsx";
import { list, readFilters } from "./list-state.ts";
import { NextTraceBand, TraceNextButton } from "./next-trace.tsx";
import { RequestLine } from "./request-line.tsx";
import { saveFile } from "./save-file.ts";
import { requestTexts } from "./text.ts";
import { RowTimeline } from "./row-timeline.tsx";
import { TraceView } from "./trace-view.tsx";
import { VerdictText } from "./verdict-text.tsx";

type Known = Extract<Detail, { readonly kind: "known" }>;

const back = () => goTo("requests", readFilters());

/** The row that stands so many places below in the list. */
function neighbour(id: string, by: number): string | undefined {
  const { rows } = list.value.kind === "known" ? list.value : { rows: [] };
  const here = rows.findIndex((row) => row.id === id);
  return here < 0 ? undefined : rows[here + by]?.id;
}

/** One request, by the id in the address: why it went so, what happened when, and, where it was traced, all of its text. */
export function DetailPage() {
  const id = route.value.query.get("request");
  return id === null ? null : <Shown key={id} id={id} />;
}

function Shown({ id }: { readonly id: string }) {
  const c = texts.value;
  const t = requestTexts.value.detail;
  const found = findDetail(id);
  const open = status.value?.open.find((one) => one.id === id);
  const isOpen = open !== undefined;
  useEffect(() => {
    // What is under way is not in the ledger yet; it is read as soon as it is over.
    if (!isOpen) void readDetail(id);
  }, [id, isOpen, knownBy.value]);
  const go = (by: number) => {
    const next = neighbour(id, by);
    if (next !== undefined) goTo("requests", { ...readFilters(), request: next });
  };
  useEscape(back);
  useKeys({ "[": () => go(1), "]": () => go(-1), c: () => void copy(id) });
  useLayoutEffect(() => scrollTo({ top: 0 }), []);

  const known = found.kind === "known" && !isOpen ? found : undefined;
  return (
    <>
      <header class="trace-head">
        <nav aria-label={c.pages.requests} class="crumb">
          <a href={linkTo("requests", readFilters())}>{c.pages.requests}</a>
          <span aria-hidden="true">/</span>
        </nav>
        <h1 class="mono">{id}</h1>
        {known !== undefined && <RequestLine row={known.row} trace={known.trace} />}
        <div class="page-tools trace-tools">
          <Neighbours id={id} go={go} />
          <CopyButton kind="quiet" text={id} label={t.copyId} />
          {known?.trace !== undefined && <PlaygroundButton trace={known.trace} />}
          {known !== undefined && <ExportButton found={known} />}
        </div>
      </header>
      <NextTraceBand />
      {open !== undefined ? (
        <div class="panel">
          <Message title={t.open} text={t.openText(writeRunning(open.ms))} />
        </div>
      ) : (
        <DetailView found={found} id={id} />
      )}
    </>
  );
}

function Neighbours({ id, go }: { readonly id: string; readonly go: (by: number) => void }) {
  const t = requestTexts.value.detail;
  return (
    <span class="neighbours">
      <Button kind="quiet" label={t.newer} off={neighbour(id, -1) === undefined} onPress={() => go(-1)}>
        <span class="turned">
          <Icon name="right" />
        </span>
      </Button>
      <Button kind="quiet" label={t.older} off={neighbour(id, 1) === undefined} onPress={() => go(1)}>
        <Icon name="right" />
      </Button>
    </span>
  );
}

/** Opens what the client sent as a new chat; nothing is sent by that. */
function PlaygroundButton({ trace: { id, dialect, request } }: { readonly trace: TraceObject }) {
  if (findTalkDialect(dialect) === undefined || request.body === null || !hasPage("playground")) return null;
  return (
    <Button onPress={() => goTo("playground", { from: id })}>
      {requestTexts.value.detail.openInPlayground}
    </Button>
  );
}

/** All that is known of it, as the APIs have it. */
function ExportButton({ found: { row, trace } }: { readonly found: Known }) {
  const id = trace?.id ?? row?.id ?? "request";
  return (
    <Button
      onPress={() =>
        saveFile(
          `${id.replaceAll(/[^\w.-]/g, "_")}.json`,
          "application/json",
          `${JSON.stringify(trace ?? row, undefined, 2)}\n`,
        )
      }
    >
      <Icon name="download" size={14} />
      {requestTexts.value.detail.exportJson}
    </Button>
  );
}

function DetailView({ found, id }: { readonly found: Detail; readonly id: string }) {
  const c = texts.value;
  const t = requestTexts.value.detail;
  if (found.kind === "loading")
    return <div class="panel shape loading" role="status" aria-label={t.reading} />;
  if (found.kind === "failed")
    return (
      <div class="panel">
        <Message title={t.failed} text={found.message}>
          <Button onPress={() => void readDetail(id)}>{c.common.again}</Button>
        </Message>
      </div>
    );
  const { row, trace, isTraceGone } = found;
  return (
    <>
      <VerdictText row={row} trace={trace} />
      <Facts row={row} trace={trace} />
      {trace !== undefined ? (
        <TraceView row={row} trace={trace} />
      ) : (
        <>
          {row !== undefined && <RowTimeline row={row} />}
          <div class="panel">
            <Message
              title={isTraceGone ? t.gone : t.untraced}
              text={isTraceGone ? t.goneText : access.value?.admin === true ? t.untracedText : whyNot()}
            >
              {access.value?.admin === true && <TraceNextButton />}
            </Message>
          </div>
        </>
      )}
    </>
  );
}

function whyNot(): string {
  const t = requestTexts.value.next;
  return access.value?.admin_api === false ? t.closed : t.notAdmin;
}
