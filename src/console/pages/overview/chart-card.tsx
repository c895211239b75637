import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { Button } from "../../parts/button.tsx";
import { Chart } from "../../parts/chart.tsx";
import type { ChartData } from "../../parts/chart-data.ts";
import { Icon } from "../../parts/icon.tsx";
import { texts } from "../../text/index.ts";

/** A chart under its figure. */
export interface ChartCardProps {
  readonly title: string;
  /** In place of the title, where it is something to choose. */
  readonly head?: ComponentChildren;
  readonly figure: string;
  readonly note: string;
  readonly data: ChartData;
}

/** A chart with its figure, what its colours mean, and the way to the same as a table. */
export function ChartCard({ title, head, figure, note, data }: ChartCardProps) {
  const t = texts.value.common;
  const asTable = useSignal(false);
  return (
    <section class="panel chart-card">
      <header class="chart-head">
        <h2 class={head === undefined ? "" : "out-of-sight"}>{title}</h2>
        {head}
        <div class="legend">
          {data.series.toReversed().map(({ name, kind }) => (
            <span key={name} class={`legend-${kind}`}>
              {name}
            </span>
          ))}
        </div>
        <Button
          kind="quiet"
          small
          class="table-switch"
          label={asTable.value ? t.showChart : t.showTable}
          onPress={() => {
            asTable.value = !asTable.value;
          }}
        >
          <Icon name={asTable.value ? "chart" : "table"} size={14} />
        </Button>
      </header>
      <p class="figure">
        <strong>{figure}</strong> <span>{note}</span>
      </p>
      <Chart data={data} label={`${title}: ${figure}, ${note}`} asTable={asTable.value} />
    </section>
  );
}
