import type { ComponentChildren } from "preact";

import { writeSeconds } from "../../domain/figures.ts";
import { type Bar, type BarKind, findAxis, type TimelineRow } from "../../domain/requests/timeline.ts";
import { texts } from "../../text/index.ts";
import { requestTexts } from "./text.ts";
import { writeKind } from "./write-row.ts";

const rowHeight = 26;
/** So many px of a plot as wide as it usually is takes a letter of a label. */
const letterShare = 0.007;

/** What a timeline shows, and which turn is chosen. */
export interface TimelineProps {
  readonly rows: readonly TimelineRow[];
  readonly ms: number;
  /** Below the names, in short. */
  readonly captions: (row: TimelineRow) => string;
  /** Behind the bars. */
  readonly notes: (row: TimelineRow) => string;
  readonly selected?: number | undefined;
  readonly onSelect?: (turn: number) => void;
}

/** What happened when: a row for the gateway, each try and turn, and the client, on one axis. */
export function Timeline({ rows, ms, captions, notes, selected, onSelect }: TimelineProps) {
  const t = requestTexts.value.timeline;
  const { step, top } = findAxis(ms);
  const ticks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, index) => index * step);
  const turns = rows.flatMap(({ turn }) => turn ?? []);

  function press(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const next = turns[turns.indexOf(selected ?? -1) + by];
    if (by === 0 || next === undefined || onSelect === undefined) return;
    event.preventDefault();
    onSelect(next);
    const frame = event.currentTarget;
    if (frame instanceof HTMLElement)
      frame.querySelector<HTMLElement>(`[data-turn="${next}"]`)?.focus({ preventScroll: true });
  }

  return (
    <section class="panel timeline" aria-label={t.title} onKeyDown={press}>
      <div class="tl-row tl-axis" aria-hidden="true">
        <span />
        <span class="tl-sub" />
        <svg width="100%" height="18" class="tl-plot">
          {ticks.map((at, index) => (
            <text key={at} x={`${(at / top) * 100}%`} y="13" class={index % 2 === 1 ? "tl-odd" : ""}>
              {writeTick(at, step)}
            </text>
          ))}
        </svg>
        <span />
      </div>
      {rows.map((row, index) => (
        <Row
          key={index}
          row={row}
          isFirst={rows[index - 1]?.attempt !== row.attempt}
          caption={captions(row)}
          note={notes(row)}
          top={top}
          ticks={ticks}
          isSelected={row.turn !== undefined && row.turn === selected}
          {...(onSelect === undefined ? {} : { onSelect })}
        />
      ))}
      <Legend rows={rows} />
      <ol class="out-of-sight">
        {rows.map((row, index) => (
          <li key={index}>{describe(row, captions(row))}</li>
        ))}
      </ol>
    </section>
  );
}

/** 0.41 s; what is too short for that in ms. */
function writeLength(ms: number): string {
  return ms < 10 ? `${Math.round(ms)} ms` : writeSeconds(ms);
}

function writeTick(ms: number, step: number): string {
  if (step < 10) return `${Number(ms.toFixed(3))} ms`;
  return `${Number((ms / 1000).toFixed(2))} s`;
}

function nameOf(row: TimelineRow): string {
  const t = requestTexts.value.timeline;
  if (row.kind === "attempt") return t.attempt(row.attempt ?? 1);
  return row.kind === "gateway" ? t.gateway : t.client;
}

interface RowProps {
  readonly row: TimelineRow;
  readonly isFirst: boolean;
  readonly caption: string;
  readonly note: string;
  readonly top: number;
  readonly ticks: readonly number[];
  readonly isSelected: boolean;
  readonly onSelect?: (turn: number) => void;
}

function Row({ row, isFirst, caption, note, top, ticks, isSelected, onSelect }: RowProps) {
  const { turn } = row;
  const share = (at: number) => (at / top) * 100;
  const end = Math.max(...row.bars.map(({ to }) => to), row.failed?.at ?? 0, 0);
  const name = (
    <>
      <b class="tl-name">
        <span class={row.kind !== "attempt" || isFirst ? "" : "out-of-sight"}>{nameOf(row)}</span>
      </b>{" "}
      <span class="tl-sub clip">{caption}</span>
    </>
  );
  return (
    <div
      class={`tl-row tl-${row.kind}${isSelected ? " tl-selected" : ""}`}
      onClick={() => {
        if (turn !== undefined) onSelect?.(turn);
      }}
    >
      {turn === undefined || onSelect === undefined ? (
        <span class="tl-names">{name}</span>
      ) : (
        <button type="button" class="tl-names" data-turn={turn} aria-pressed={isSelected}>
          {name}
        </button>
      )}
      <svg class="tl-plot" width="100%" height={rowHeight} aria-hidden="true">
        {ticks.map((at) => (
          <line key={at} class="tl-grid" x1={`${share(at)}%`} x2={`${share(at)}%`} y2={rowHeight} />
        ))}
        {row.bars.map((bar, index) => (
          <BarShape
            key={index}
            bar={bar}
            left={share(bar.from)}
            width={share(bar.to - bar.from)}
            label={labelOf(bar.kind, row.kind)}
          />
        ))}
        {row.firstByte !== undefined && (
          <rect class="tl-first" x={`${share(row.firstByte)}%`} y="3" width="2" height="20" />
        )}
        {row.failed !== undefined && (
          <rect class="fill-red" x={`${share(row.failed.at)}%`} y="4" width="3" height="18" rx="1" />
        )}
        {note !== "" && <Note text={note} begin={share(row.bars[0]?.from ?? 0)} end={share(end)} />}
      </svg>
      <span class="tl-ms">{writeLength(row.ms)}</span>
    </div>
  );
}

/** What stands behind the bars; before them where there is no room, else over them. */
function Note({ text, begin, end }: { readonly text: string; readonly begin: number; readonly end: number }) {
  const width = text.length * letterShare * 100;
  const place =
    end + width < 100
      ? { x: `${end}%`, dx: 12 }
      : begin > width
        ? { x: `${begin}%`, dx: -10, "text-anchor": "end" as const }
        : { x: `${end}%`, dx: -8, "text-anchor": "end" as const };
  return (
    <text class="tl-note" y="17" {...place}>
      {text}
    </text>
  );
}

const fills: Readonly<Partial<Record<BarKind, string>>> = {
  wait: "url(#hatch)",
  dropped: "url(#hatch-strong)",
};

/** What stands in a bar that is wide enough. */
function labelOf(bar: BarKind, row: TimelineRow["kind"]): string {
  const t = requestTexts.value.timeline;
  if (bar === "own") return row === "client" ? t.held : "";
  return bar === "wait" || bar === "dropped" || bar === "bytes" ? "" : t.legend[bar];
}

function BarShape({
  bar: { kind },
  left,
  width,
  label,
}: {
  readonly bar: Bar;
  readonly left: number;
  readonly width: number;
  readonly label: string;
}) {
  const isRoomy = label !== "" && width > label.length * letterShare * 100;
  const fill = fills[kind];
  // A rule of what was too short to be seen.
  const wide = `${Math.max(width, 0.35)}%`;
  return (
    <svg x={`${left}%`} y="6" width={wide} height="14">
      <rect
        class={`bar-${kind}`}
        x="0.5"
        y="0.5"
        width="100%"
        height="13"
        rx="2"
        {...(fill === undefined ? {} : { fill })}
      />
      {isRoomy && (
        <text
          class={`tl-label label-${kind}`}
          y="11"
          {...(kind === "own" ? { x: "50%", "text-anchor": "middle" as const } : { x: "5" })}
        >
          {label}
        </text>
      )}
    </svg>
  );
}

const legendOrder = ["wait", "bytes", "thinking", "text", "tool_call", "dropped", "own"] as const;

function Legend({ rows }: { readonly rows: readonly TimelineRow[] }) {
  const t = requestTexts.value.timeline.legend;
  const shown = new Set(rows.flatMap(({ bars }) => bars.map(({ kind }) => kind)));
  const hasFirst = rows.some(({ firstByte }) => firstByte !== undefined);
  return (
    <div class="tl-legend" aria-hidden="true">
      {legendOrder
        .filter((kind) => shown.has(kind))
        .map((kind) => (
          <span key={kind}>
            <svg width="15" height="11">
              <rect
                class={`bar-${kind}`}
                x="0.5"
                y="0.5"
                width="13.5"
                height="9.5"
                rx="2"
                {...(fills[kind] === undefined ? {} : { fill: fills[kind] })}
              />
            </svg>
            {t[kind]}
          </span>
        ))}
      {hasFirst && (
        <span>
          <svg width="4" height="11">
            <rect class="tl-first" x="1" width="2" height="11" />
          </svg>
          {t.first}
        </span>
      )}
      {rows.some(({ failed }) => failed !== undefined) && (
        <span>
          <svg width="4" height="11">
            <rect class="fill-red" x="0.5" width="3" height="11" />
          </svg>
          {t.failed}
        </span>
      )}
    </div>
  );
}

/** A row in a sentence or two. */
function describe(row: TimelineRow, caption: string): ComponentChildren {
  const { said: t, legend } = requestTexts.value.timeline;
  const ms = writeSeconds(row.ms);
  if (row.kind === "gateway") return t.gateway(ms);
  const failure = row.failed === undefined ? undefined : writeKind(row.failed.kind);
  if (row.kind === "client") return failure === undefined ? t.client(ms) : t.clientFailed(ms, failure);
  const who = `${nameOf(row)}, ${caption}`;
  const begin = row.bars[0]?.from ?? 0;
  const parts = row.bars
    .filter(({ kind }) => kind !== "wait" && kind !== "bytes")
    .map(({ kind, from, to }) => `${legend[kind]} ${writeSeconds(Math.max(0, to - from))}`)
    .join(texts.value.locale === "en" ? ", " : "，");
  const wrote = parts === "" ? "" : ` ${t.parts(parts)}`;
  if (failure !== undefined) return `${t.failed(who, failure, ms)}${wrote}`;
  if (row.firstByte === undefined) return t.silent(who, ms);
  return `${t.answered(who, writeSeconds(row.firstByte - begin), ms)}${wrote}`;
}
