import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";

import type { StepObject } from "../../api/types.ts";
import { writeClock, writeCount, writeDay } from "../../domain/figures.ts";
import { Button } from "../../parts/button.tsx";
import { Icon } from "../../parts/icon.tsx";
import { status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { setFilters } from "./filter-bar.tsx";
import { readFilters } from "./list-state.ts";
import { requestTexts } from "./text.ts";
import { writeShortTime } from "./write-row.ts";

const height = 36;
const dayMs = 86_400_000;

/** Steps that are chosen: from one to the other, both in it. */
interface Choice {
  readonly anchor: number;
  readonly end: number;
}

const first = ({ anchor, end }: Choice) => Math.min(anchor, end);
const last = ({ anchor, end }: Choice) => Math.max(anchor, end);

/** Requests over time, of which a drag, or the arrow keys, choose a part. */
export function Strip() {
  const t = requestTexts.value;
  const { locale } = texts.value;
  const frame = useRef<HTMLDivElement>(null);
  const choice = useSignal<Choice | undefined>(undefined);
  const isDragged = useSignal(false);
  const activity = status.value?.activity ?? undefined;
  if (activity === undefined) return null;
  const { steps } = activity;
  const stepMs = activity.step_seconds * 1000;
  const times = steps.map(({ at }) => Date.parse(at));
  const begin = times[0] ?? 0;
  const { from, to } = readFilters();
  // What is no time in the address, the list says.
  const filtered = [from, to].map((text) => Date.parse(text ?? ""));
  const [filteredFrom = Number.NaN, filteredTo = Number.NaN] = filtered;
  const isFiltered = !filtered.some(Number.isNaN);
  const shown: Choice | undefined =
    choice.value ??
    (isFiltered
      ? {
          anchor: Math.round((filteredFrom - begin) / stepMs),
          end: Math.round((filteredTo - begin) / stepMs) - 1,
        }
      : undefined);

  const write = (at: number) =>
    stepMs * steps.length > 2 * dayMs ? writeDay(at, locale) : writeClock(at, locale);
  const clamp = (index: number) => Math.min(steps.length - 1, Math.max(0, index));
  function stepOf(event: PointerEvent): number {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0) return 0;
    return clamp(Math.floor(((event.clientX - box.left) / box.width) * steps.length));
  }
  function apply(): void {
    isDragged.value = false;
    const chosen = choice.value;
    choice.value = undefined;
    if (chosen === undefined) return;
    setFilters({
      from: new Date(begin + first(chosen) * stepMs).toISOString(),
      to: new Date(begin + (last(chosen) + 1) * stepMs).toISOString(),
    });
  }
  function press(event: KeyboardEvent): void {
    const { key, shiftKey } = event;
    const now = choice.value ?? { anchor: steps.length - 1, end: steps.length - 1 };
    if (key === "Enter") apply();
    else if (key === "ArrowLeft" || key === "ArrowRight") {
      const end = clamp(
        (choice.value === undefined ? steps.length : now.end) + (key === "ArrowLeft" ? -1 : 1),
      );
      choice.value = { anchor: shiftKey ? now.anchor : end, end };
    } else return;
    event.preventDefault();
  }
  const pointed = choice.value === undefined ? undefined : steps[choice.value.end];

  return (
    <section class="panel strip" aria-label={t.filters.time}>
      <div
        ref={frame}
        class="strip-frame"
        role="group"
        tabIndex={0}
        aria-label={t.strip(write(begin), texts.value.common.now)}
        onKeyDown={press}
        onBlur={() => {
          choice.value = undefined;
        }}
        onPointerDown={(event) => {
          const step = stepOf(event);
          event.currentTarget.setPointerCapture(event.pointerId);
          isDragged.value = true;
          choice.value = { anchor: step, end: step };
        }}
        onPointerMove={(event) => {
          if (isDragged.value && choice.value !== undefined)
            choice.value = { ...choice.value, end: stepOf(event) };
        }}
        onPointerUp={apply}
        onPointerCancel={() => {
          isDragged.value = false;
          choice.value = undefined;
        }}
      >
        <Bars steps={steps} shown={shown} />
      </div>
      <div class="strip-times" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75].map((share) => (
          <span key={share}>{write(times[Math.round(share * (steps.length - 1))] ?? 0)}</span>
        ))}
        <span>{texts.value.common.now}</span>
      </div>
      <p class="out-of-sight" aria-live="polite">
        {pointed !== undefined &&
          t.stripAt(
            writeShortTime(Date.parse(pointed.at), locale),
            writeCount(pointed.requests, locale),
            writeCount(pointed.failed + pointed.refused, locale),
          )}
      </p>
      {from !== undefined && to !== undefined && (
        <p class="strip-choice">
          {isFiltered
            ? t.timeSelected(writeShortTime(filteredFrom, locale), writeShortTime(filteredTo, locale))
            : t.timeSelected(from, to)}
          <Button kind="quiet" small label={t.clearTime} onPress={() => setFilters({ from: "", to: "" })}>
            <Icon name="close" size={12} />
          </Button>
        </p>
      )}
    </section>
  );
}

function Bars({
  steps,
  shown,
}: {
  readonly steps: readonly StepObject[];
  readonly shown: Choice | undefined;
}) {
  const top = Math.max(1, ...steps.map(({ requests }) => requests));
  const width = 100 / steps.length;
  return (
    <svg class="strip-bars" width="100%" height={height} aria-hidden="true">
      {shown !== undefined && (
        <rect
          class="strip-shown"
          x={`${first(shown) * width}%`}
          width={`${(last(shown) - first(shown) + 1) * width}%`}
          height={height}
        />
      )}
      {steps.map(({ at, requests, failed, refused }, index) => {
        if (requests === 0) return null;
        const lost = failed + refused;
        const tall = Math.max(2, (requests / top) * (height - 2));
        const low = lost === 0 ? 0 : Math.max(2, (lost / top) * (height - 2));
        const place = { x: `${index * width + width * 0.1}%`, width: `${width * 0.8}%` };
        return (
          <g key={at}>
            <rect class="strip-bar" {...place} y={height - tall} height={Math.max(0, tall - low)} />
            {lost > 0 && <rect class="fill-red" {...place} y={height - low} height={low} />}
          </g>
        );
      })}
    </svg>
  );
}
