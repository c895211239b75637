import type { ActivityObject, StatusObject, StepObject } from "../../api/types.ts";
import { writeAmount, writeAxis, writeCount, writeMoney, writePercent } from "../../domain/figures.ts";
import { Message } from "../../parts/message.tsx";
import { access } from "../../state/access.ts";
import { texts } from "../../text/index.ts";
import { ChartCard } from "./chart-card.tsx";
import { ErrorsCard } from "./errors-card.tsx";
import { LatencyCard } from "./latency-card.tsx";
import { toTimes } from "./to-times.ts";

const failedOf = ({ failed, refused }: StepObject) => failed + refused;

/** What was asked, answered and failed, over time. */
export function ActivityCharts({ status }: { readonly status: StatusObject }) {
  const t = texts.value;
  const { activity } = status;
  if (activity === null)
    return (
      <div class="panel">
        <Message title={t.overview.noFigures} text={t.overview.noFiguresText(status.activity_error ?? "")}>
          {access.value?.ledger === true && <span class="note">{t.overview.readAgain}</span>}
        </Message>
      </div>
    );
  return (
    <div class="charts">
      <RequestsCard activity={activity} />
      <TokensCard activity={activity} />
      <LatencyCard activity={activity} />
      <ErrorsCard activity={activity} />
    </div>
  );
}

function RequestsCard({ activity }: { readonly activity: ActivityObject }) {
  const { locale, overview: t } = texts.value;
  const { requests, failed, refused } = activity.all;
  const lost = failed + refused;
  return (
    <ChartCard
      title={t.requests}
      figure={writeCount(requests, locale)}
      note={t.failedOf(writeCount(lost, locale), writePercent(requests === 0 ? 0 : lost / requests))}
      data={{
        form: "bars",
        ...toTimes(activity),
        series: [
          { name: t.failed, kind: "red", values: activity.steps.map(failedOf) },
          {
            name: t.answered,
            kind: "accent",
            values: activity.steps.map((step) => step.requests - failedOf(step)),
          },
        ],
        writeAxis,
        write: (value) => writeCount(value, locale),
      }}
    />
  );
}

function TokensCard({ activity }: { readonly activity: ActivityObject }) {
  const { locale, overview: t } = texts.value;
  const { input_tokens: input, output_tokens: output, cost_usd: cost } = activity.all;
  return (
    <ChartCard
      title={t.tokens}
      figure={writeAmount(input + output, locale)}
      note={writeMoney(cost, locale)}
      data={{
        form: "bars",
        ...toTimes(activity),
        series: [
          { name: t.output, kind: "accent-2", values: activity.steps.map((step) => step.output_tokens) },
          { name: t.input, kind: "accent", values: activity.steps.map((step) => step.input_tokens) },
        ],
        writeAxis,
        write: (value) => writeCount(value, locale),
      }}
    />
  );
}
