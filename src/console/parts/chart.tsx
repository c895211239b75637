import { signal, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

import { writeClock, writeDay } from "../domain/figures.ts";
import { isDark } from "../state/preferences.ts";
import { texts } from "../text/index.ts";
import type { ChartData } from "./chart-data.ts";
import type { drawChart } from "./draw-chart.ts";

const height = 100;
const dayMs = 86_400_000;

/** What draws: a third of all that the overview needs, so it is read when the first chart is shown. `none`: it can't be, and tables are shown. */
const drawer = signal<typeof drawChart | "none" | undefined>(undefined);

async function loadDrawer(): Promise<void> {
  try {
    const { drawChart: draw } = await import("./draw-chart.ts");
    drawer.value = draw;
  } catch {
    drawer.value = "none";
  }
}

/** A time for the axis: hours within two days, else days. */
function writeTime(at: number, spanMs: number, locale: string): string {
  return spanMs > 2 * dayMs ? writeDay(at, locale) : writeClock(at, locale);
}

/** A chart, or the same as a table. The drawing itself says nothing to screen readers: `label` does. */
export function Chart({
  data,
  label,
  asTable,
}: {
  readonly data: ChartData;
  readonly label: string;
  readonly asTable: boolean;
}) {
  const t = texts.value;
  const draw = drawer.value;
  useEffect(() => {
    if (drawer.peek() === undefined) void loadDrawer();
  }, []);
  const frame = useRef<HTMLDivElement>(null);
  const pointed = useSignal<{ readonly index: number; readonly left: number } | undefined>(undefined);
  const spanMs = data.times.length * data.stepMs;
  const dark = isDark();
  const shown = JSON.stringify([data.times, data.series]);

  useEffect(() => {
    const element = frame.current;
    if (element === null || asTable || draw === undefined || draw === "none") return undefined;
    const plot = draw(element, data, {
      width: Math.max(1, element.clientWidth),
      height,
      writeTime: (at, index, count) => (index === count - 1 ? t.common.now : writeTime(at, spanMs, t.locale)),
      onPoint: (index, left) => {
        pointed.value = index === undefined ? undefined : { index, left };
      },
    });
    const watch = new ResizeObserver(() => plot.setSize({ width: Math.max(1, element.clientWidth), height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [shown, asTable, dark, t.locale, draw]);

  if (asTable || draw === "none") return <ChartTable data={data} label={label} spanMs={spanMs} />;
  return (
    <div class="chart">
      <div class="chart-frame" ref={frame} role="img" aria-label={label} />
      {pointed.value !== undefined && (
        <ChartReading data={data} spanMs={spanMs} index={pointed.value.index} left={pointed.value.left} />
      )}
    </div>
  );
}

/** All values of the step that is pointed at. */
function ChartReading(props: {
  readonly data: ChartData;
  readonly spanMs: number;
  readonly index: number;
  readonly left: number;
}) {
  const { data, spanMs, index, left } = props;
  const { locale } = texts.value;
  const element = useRef<HTMLDivElement>(null);
  const at = data.times[index] ?? 0;
  useLayoutEffect(() => {
    const box = element.current;
    const room = box?.parentElement?.clientWidth ?? 0;
    if (box !== null) box.style.left = `${Math.max(0, Math.min(left + 44, room - box.offsetWidth))}px`;
  });
  return (
    <div class="chart-reading" ref={element} aria-hidden="true">
      <span>
        {spanMs > 2 * dayMs ? `${writeDay(at, locale)} ` : ""}
        {writeClock(at, locale)}
      </span>
      {data.series.toReversed().map(({ name, values }) => {
        const value = values[index] ?? null;
        return (
          <span key={name}>
            <b>{value === null ? "—" : data.write(value)}</b> {name}
          </span>
        );
      })}
    </div>
  );
}

/** The same in figures, the newest first, without steps in which nothing was. */
function ChartTable({
  data,
  label,
  spanMs,
}: {
  readonly data: ChartData;
  readonly label: string;
  readonly spanMs: number;
}) {
  const t = texts.value;
  const rows = data.times
    .map((at, index) => ({ at, values: data.series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value > 0))
    .toReversed();
  return (
    <div class="chart-table" tabIndex={0} role="region" aria-label={label}>
      <table>
        <caption class="out-of-sight">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t.common.time}</th>
            {data.series.map(({ name }) => (
              <th key={name} scope="col" class="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, values }) => (
            <tr key={at}>
              <th scope="row">
                {spanMs > 2 * dayMs ? `${writeDay(at, t.locale)} ` : ""}
                {writeClock(at, t.locale)}
              </th>
              {values.map((value, index) => (
                <td key={index} class="number">
                  {value === null ? "—" : data.write(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
