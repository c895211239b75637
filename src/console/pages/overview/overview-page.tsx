import type { Span } from "../../api/types.ts";
import { Segments } from "../../parts/segments.tsx";
import { everAsked, span, status } from "../../state/status.ts";
import { texts } from "../../text/index.ts";
import { ActivityCharts } from "./activity-charts.tsx";
import { FirstRun } from "./first-run.tsx";
import { LoadingShapes } from "./loading-shapes.tsx";
import { ModelTable } from "./model-table.tsx";
import { Notices } from "./notices.tsx";
import { OpenNow } from "./open-now.tsx";
import { OwnLimits } from "./own-limits.tsx";
import { UpstreamCards } from "./upstream-cards.tsx";
import "../../styles/charts.css";
import "../../styles/overview.css";

const spanNames: readonly Span[] = ["1h", "24h", "7d", "30d"];

/** What the gateway has, what it does now, and what it did. */
export function OverviewPage() {
  const t = texts.value;
  const now = status.value;
  const isFirstRun = everAsked.value === false && now?.open.length === 0;
  return (
    <>
      <header class="page-head">
        <h1>{t.pages.overview}</h1>
        {!isFirstRun && (
          <div class="page-tools">
            <Segments
              label={t.overview.span}
              value={span.value}
              options={spanNames.map((value) => ({ value, text: t.overview.spans[value] }))}
              onChange={(value) => {
                span.value = value;
              }}
            />
          </div>
        )}
      </header>
      {now === undefined || (everAsked.value === undefined && now.activity?.all.requests === 0) ? (
        <LoadingShapes />
      ) : isFirstRun ? (
        <FirstRun status={now} />
      ) : (
        <>
          <Notices status={now} />
          <ActivityCharts status={now} />
          {now.key !== null && <OwnLimits ownKey={now.key} />}
          <div class="upstreams-row">
            <UpstreamCards status={now} />
            <OpenNow open={now.open} />
          </div>
          <ModelTable status={now} />
        </>
      )}
    </>
  );
}
