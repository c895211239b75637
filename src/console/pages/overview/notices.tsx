import type { StatusObject, UpstreamObject } from "../../api/types.ts";
import { writeClock } from "../../domain/figures.ts";
import { findNext, forecast } from "../../domain/forecast.ts";
import { stateOf } from "../../domain/upstream-state.ts";
import { Notice } from "../../parts/notice.tsx";
import { now } from "../../state/clock.ts";
import { texts } from "../../text/index.ts";

/** What needs action: that nobody answers, what is used up, what soon will be. */
export function Notices({ status }: { readonly status: StatusObject }) {
  const t = texts.value.overview.notices;
  const { upstreams, models } = status;
  const states = upstreams.map((upstream) => stateOf(upstream, models, now.value));
  if (states.length > 0 && states.every((state) => state === "down" || state === "spent"))
    return (
      <Notice kind="red">
        <b>{t.nobody}</b> {t.nobodyRest}
      </Notice>
    );
  return (
    <>
      {upstreams.map((upstream, index) => {
        const state = states[index];
        if (state === "spent") return <SpentNotice key={upstream.name} status={status} upstream={upstream} />;
        if (state === "soon") return <SoonNotice key={upstream.name} status={status} upstream={upstream} />;
        return null;
      })}
    </>
  );
}

interface UpstreamNoticeProps {
  readonly status: StatusObject;
  readonly upstream: UpstreamObject;
}

/** Who answers then; `isNow`: it is so already. */
function describeNext({ status, upstream }: UpstreamNoticeProps, isNow: boolean): string {
  const t = texts.value.overview.notices;
  const next = findNext(upstream.name, status.models);
  if (next === undefined) return isNow ? t.nowNobody : t.nextNobody;
  if (isNow) return next.paid ? t.nowPaid(next.name) : t.now(next.name);
  return next.paid ? t.nextPaid(next.name) : t.next(next.name);
}

function SpentNotice(props: UpstreamNoticeProps) {
  const { locale, overview } = texts.value;
  const t = overview.notices;
  const { name, allowance, problem } = props.upstream;
  const renewal = allowance?.resets_at ?? problem?.next_try_at ?? null;
  return (
    <Notice kind="amber">
      <b>{t.usedUp(name)}</b>{" "}
      {renewal === null ? t.usedUpOpen : t.usedUpRest(writeClock(Date.parse(renewal), locale))}{" "}
      {describeNext(props, true)}
    </Notice>
  );
}

function SoonNotice(props: UpstreamNoticeProps) {
  const { locale, overview } = texts.value;
  const t = overview.notices;
  const end = forecast(props.upstream, now.value);
  const next = describeNext(props, false);
  if (end === undefined) return null;
  return (
    <Notice kind="amber">
      <b>{t.runsOut(props.upstream.name, writeClock(end.endsAt, locale))}</b>{" "}
      {t.runsOutRest(end.minutesEarly)} {next}
    </Notice>
  );
}
