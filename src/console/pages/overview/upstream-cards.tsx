import type { StatusObject, UpstreamObject } from "../../api/types.ts";
import { countAgentRequests, isAway, stateOf, type UpstreamState } from "../../domain/upstream-state.ts";
import { writeClock, writeCount, writeMoney, writePercent, writeSeconds } from "../../domain/figures.ts";
import { Dot, type DotKind } from "../../parts/dot.tsx";
import { Meter } from "../../parts/meter.tsx";
import { now } from "../../state/clock.ts";
import { texts } from "../../text/index.ts";
import { TryNow } from "./try-now.tsx";
import { nameServer } from "./upstream-names.ts";

/** How a state is drawn. */
export const dots: Readonly<Record<UpstreamState, DotKind>> = {
  answers: "good",
  soon: "soon",
  spent: "bad",
  down: "bad",
  unasked: "idle",
};

/** The upstreams, in the order in which they are asked. */
export function UpstreamCards({ status }: { readonly status: StatusObject }) {
  return (
    <section class="panel upstreams" aria-label={texts.value.overview.upstreams}>
      <h2 class="out-of-sight">{texts.value.overview.upstreams}</h2>
      {status.upstreams.map((upstream) => (
        <UpstreamCard key={upstream.name} upstream={upstream} status={status} />
      ))}
    </section>
  );
}

interface UpstreamProps {
  readonly upstream: UpstreamObject;
  readonly status: StatusObject;
}

function UpstreamCard({ upstream, status }: UpstreamProps) {
  const t = texts.value.overview;
  const state = stateOf(upstream, status.models, now.value);
  return (
    <article class="upstream">
      <header>
        <Dot kind={dots[state]} label={t.states[state]} />
        <h3>{upstream.name}</h3>
        <span class="note">{nameServer(upstream.type)}</span>
        <Verdict upstream={upstream} state={state} />
      </header>
      {state === "down" ? (
        <Trouble upstream={upstream} />
      ) : (
        <>
          <AllowanceMeter upstream={upstream} state={state} />
          <Doings upstream={upstream} status={status} />
        </>
      )}
      <LastAnswer upstream={upstream} status={status} state={state} />
      <TryNow
        name={upstream.name}
        isShut={state === "down" || state === "spent" || upstream.models_resting > 0}
      />
    </article>
  );
}

/** The word at the end of the head: how much is used, or what is wrong. */
function Verdict({ upstream, state }: { readonly upstream: UpstreamObject; readonly state: UpstreamState }) {
  const t = texts.value.overview;
  const used = upstream.allowance?.used_percent ?? null;
  if (state === "down") {
    return <span class="verdict text-red">{isAway(upstream) ? t.unreachable : t.states.down}</span>;
  }
  if (used === null) return <span class="verdict">{t.states[state]}</span>;
  const colour = state === "spent" || used >= 100 ? "text-red" : state === "soon" ? "text-amber" : "";
  return <span class={`verdict ${colour}`}>{t.used(writePercent(used / 100))}</span>;
}

/** What the upstream allows; nothing where nobody counts. */
function AllowanceMeter({
  upstream,
  state,
}: {
  readonly upstream: UpstreamObject;
  readonly state: UpstreamState;
}) {
  const { locale, overview: t } = texts.value;
  const { allowance, name } = upstream;
  const used = allowance?.used_percent ?? null;
  if (allowance === null || used === null)
    return <p class="line">{allowance?.state === "uncounted" ? t.noLimit : t.noAllowance}</p>;
  const { used_tokens: tokens, limit_tokens: limit, resets_at: renewal } = allowance;
  const words =
    tokens === null || limit === null
      ? t.used(writePercent(used / 100))
      : t.usedOf(writeCount(tokens, locale), writeCount(limit, locale));
  const kind = state === "spent" || used >= 100 ? "red" : state === "soon" ? "amber" : "accent";
  return (
    <>
      <Meter share={used / 100} kind={kind} label={name} text={words} />
      <p class="line">
        <span>{words}</span>
        <span>
          {used === 0 || renewal === null ? t.starts : t.renews(writeClock(Date.parse(renewal), locale))}
        </span>
      </p>
    </>
  );
}

/** How quick it is, what it does now, what it cost, and what is left. */
function Doings({ upstream, status }: UpstreamProps) {
  const { locale, overview: t } = texts.value;
  const figures = status.activity?.upstreams.find((one) => one.upstream === upstream.name);
  const open = status.open.filter((one) => one.upstream === upstream.name).length;
  const first = figures?.first_token_ms?.p50;
  const cost = figures?.cost_usd ?? 0;
  const left = upstream.allowance?.remaining_tokens ?? null;
  return (
    <>
      <p class="line">
        <span>{first === undefined ? t.openOnly(open) : t.firstTokenAt(writeSeconds(first), open)}</span>
        <span>{cost > 0 ? writeMoney(cost, locale) : upstream.type === "akash-chat" ? t.free : ""}</span>
      </p>
      {left !== null && <p class="line">{t.left(writeCount(left, locale), countAgentRequests(left))}</p>}
      {upstream.models_resting > 0 && <p class="line">{t.modelsRest(upstream.models_resting)}</p>}
    </>
  );
}

/** Why it does not answer, since when, and when it is tried again. */
function Trouble({ upstream }: { readonly upstream: UpstreamObject }) {
  const { locale, overview: t } = texts.value;
  const { problem } = upstream;
  if (problem === null) return null;
  const wait = problem.next_try_at === null ? 0 : Date.parse(problem.next_try_at) - now.value;
  return (
    <p class="line trouble">
      <span>
        {problem.message}
        {problem.since !== null && ` (${t.since(writeClock(Date.parse(problem.since), locale))})`}{" "}
        {wait > 120_000 && problem.next_try_at !== null
          ? t.nextTryAt(writeClock(Date.parse(problem.next_try_at), locale))
          : t.nextTry(Math.ceil(wait / 1000))}
      </span>
    </p>
  );
}

function LastAnswer({ upstream, status, state }: UpstreamProps & { readonly state: UpstreamState }) {
  const { locale, overview: t } = texts.value;
  const last = status.activity?.upstreams.find((one) => one.upstream === upstream.name)?.last_at ?? null;
  if (last === null || (state !== "down" && typeof upstream.allowance?.remaining_tokens === "number"))
    return null;
  return <p class="line">{t.lastAnswer(writeClock(Date.parse(last), locale))}</p>;
}
