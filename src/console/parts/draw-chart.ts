import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

import { findTop } from "../domain/scale.ts";
import { type ChartData, type ChartSeries, findHighest, stack } from "./chart-data.ts";

/** What the drawing is given beside its data. */
export interface DrawOptions {
  readonly width: number;
  readonly height: number;
  /** `now` and hours or days, for the axis of time. */
  readonly writeTime: (at: number, index: number, count: number) => string;
  /** The step that is pointed at; `undefined`: none. */
  readonly onPoint: (index: number | undefined, left: number) => void;
}

const labels = 5;
/** On less there is no room for axes: bars and lines alone. */
const narrowest = 200;
const font = '11px system-ui, "PingFang SC", "Microsoft YaHei", sans-serif';

function readColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Bars that stand on each other, with a gap of a pixel between. */
function drawBars(plot: uPlot, data: ChartData, colours: readonly string[]): void {
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const tops = stack(data.series);
  const left = (index: number) => plot.valToPos((data.times[index] ?? 0) / 1000, "x", true);
  const step = (plot.bbox.width / data.times.length) * 0.76;
  const zero = plot.valToPos(0, "y", true);
  ctx.save();
  for (const [order, values] of tops.entries()) {
    ctx.fillStyle = colours[order] ?? "";
    for (const [index, value] of values.entries()) {
      const bottom = tops[order - 1]?.[index] ?? 0;
      if (value === null || value <= bottom) continue;
      const [high, low] = [
        plot.valToPos(value, "y", true),
        bottom > 0 ? plot.valToPos(bottom, "y", true) : zero,
      ];
      const gap = bottom > 0 ? ratio : 0;
      // What is there is seen, however little it is.
      const tall = Math.max(low - gap - high, ratio);
      ctx.fillRect(Math.round(left(index)), low - gap - tall, Math.max(1, Math.round(step)), tall);
    }
  }
  ctx.restore();
}

function toSeries(data: ChartData, { kind }: ChartSeries, index: number): uPlot.Series {
  if (data.form === "bars") return { paths: () => null, points: { show: false } };
  return {
    stroke: readColour(kind),
    width: index === 0 ? 2 : 1.75,
    spanGaps: false,
    // A value with a gap on both sides would be no line.
    points: { show: data.series[index]?.values.filter((value) => value !== null).length === 1 },
  };
}

/** Draws a chart into an element; what it returns takes it away. */
export function drawChart(element: HTMLElement, data: ChartData, options: DrawOptions): uPlot {
  const { width, height, writeTime, onPoint } = options;
  const [text, hairline] = [readColour("text-3"), readColour("hairline")];
  const colours = data.series.map(({ kind }) => readColour(kind));
  const top = findTop(findHighest(data));
  const begin = (data.times[0] ?? 0) / 1000;
  const end = begin + (data.times.length * data.stepMs) / 1000;
  const marks = Array.from({ length: labels }, (_, index) => begin + ((end - begin) * index) / (labels - 1));
  const hasAxes = width >= narrowest;
  const values = data.form === "bars" ? stack(data.series) : data.series.map((one) => one.values);

  return new uPlot(
    {
      width,
      height,
      padding: [6, 0, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { show: data.form === "lines" }, drag: { x: false, y: false } },
      scales: { x: { time: true, range: [begin, end] }, y: { range: [0, top] } },
      axes: [
        {
          font,
          stroke: text,
          size: hasAxes ? 20 : 4,
          gap: 2,
          grid: { show: false },
          ticks: { show: false },
          splits: () => marks,
          // Drawn below, since those at the ends would stand out.
          values: () => marks.map(() => ""),
        },
        {
          font,
          stroke: text,
          size: hasAxes ? 34 : 0,
          gap: 6,
          grid: { stroke: hairline, width: 1 },
          ticks: { show: false },
          splits: () => [0, top / 2, top],
          values: (_plot, splits) => splits.map((value) => (hasAxes ? data.writeAxis(value) : "")),
        },
      ],
      series: [{}, ...data.series.map((one, index) => toSeries(data, one, index))],
      hooks: {
        draw: [
          (plot) => {
            if (data.form === "bars") drawBars(plot, data, colours);
            if (hasAxes) drawTimes(plot, marks, text, writeTime);
          },
        ],
        setCursor: [
          ({ cursor }) => {
            const { idx, left = -1 } = cursor;
            onPoint(left < 0 || idx === null || idx === undefined ? undefined : idx, left);
          },
        ],
      },
    },
    // uPlot writes nothing into what it is given.
    [data.times.map((at) => at / 1000), ...values] as uPlot.AlignedData,
    element,
  );
}

/** The names of the times below the axis: the first begins where it begins, the last ends where it ends. */
function drawTimes(
  { ctx, bbox }: uPlot,
  marks: readonly number[],
  colour: string,
  writeTime: DrawOptions["writeTime"],
): void {
  ctx.save();
  ctx.fillStyle = colour;
  ctx.font = font.replace("11px", `${11 * devicePixelRatio}px`);
  ctx.textBaseline = "top";
  for (const [index, at] of marks.entries()) {
    ctx.textAlign = index === 0 ? "left" : index === marks.length - 1 ? "right" : "center";
    const x = bbox.left + (bbox.width * index) / (marks.length - 1);
    ctx.fillText(writeTime(at * 1000, index, marks.length), x, bbox.top + bbox.height + 6 * devicePixelRatio);
  }
  ctx.restore();
}
