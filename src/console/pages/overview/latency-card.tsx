import { useSignal } from "@preact/signals";

import type { ActivityObject } from "../../api/types.ts";
import { writeSeconds } from "../../domain/figures.ts";
import { texts } from "../../text/index.ts";
import { ChartCard } from "./chart-card.tsx";
import { toTimes } from "./to-times.ts";

/** Until the first token, or until the last: of half of the requests, and of nearly all. */
export function LatencyCard({ activity }: { readonly activity: ActivityObject }) {
  const t = texts.value.overview;
  const shown = useSignal<"first_token_ms" | "total_ms">("first_token_ms");
  const of = shown.value;
  const all = activity.all[of];
  const names = { first_token_ms: t.firstToken, total_ms: t.total } as const;
  return (
    <ChartCard
      title={names[of]}
      head={
        <div class="tabs" role="group" aria-label={`${t.firstToken}, ${t.total}`}>
          {(["first_token_ms", "total_ms"] as const).map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === of}
              onClick={() => {
                shown.value = name;
              }}
            >
              {names[name]}
            </button>
          ))}
        </div>
      }
      figure={all === null ? "—" : writeSeconds(all.p50)}
      note={t.p95(all === null ? "—" : writeSeconds(all.p95))}
      data={{
        form: "lines",
        ...toTimes(activity),
        series: [
          { name: "p95", kind: "accent-2", values: activity.steps.map((step) => step[of]?.p95 ?? null) },
          { name: "p50", kind: "accent", values: activity.steps.map((step) => step[of]?.p50 ?? null) },
        ],
        writeAxis: (ms) => (ms === 0 ? "0" : `${Number((ms / 1000).toFixed(2))} s`),
        write: writeSeconds,
      }}
    />
  );
}
