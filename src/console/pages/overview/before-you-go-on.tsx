import type { ComponentChildren } from "preact";

import type { StatusObject, UpstreamObject } from "../../api/types.ts";
import { writeCount } from "../../domain/figures.ts";
import { stateOf } from "../../domain/upstream-state.ts";
import { Card } from "../../parts/card.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Dot, type DotKind } from "../../parts/dot.tsx";
import { Meter } from "../../parts/meter.tsx";
import { now } from "../../state/clock.ts";
import { type Texts } from "../../text/en.ts";
import { texts } from "../../text/index.ts";
import { nameServer } from "./upstream-names.ts";

/** What is good, what is missing and what is risky, before anybody relies on the gateway. */
export function BeforeYouGoOn({ status }: { readonly status: StatusObject }) {
  const { overview } = texts.value;
  const t = overview.firstRun;
  return (
    <div>
      <Card title={t.before} class="checks">
        <ul>
          {status.upstreams.map((upstream) => (
            <UpstreamCheck key={upstream.name} upstream={upstream} status={status} />
          ))}
          <ModelsCheck status={status} />
          {status.upstreams.length === 1 && <Check kind="idle" title={t.noSecond} text={t.noSecondHint} />}
          {status.kept_in === "memory" && <Check kind="idle" title={t.inMemory} text={t.inMemoryHint} />}
          {status.open_to_all && <Check kind="soon" title={t.openToAll} text={t.openToAllHint} />}
        </ul>
      </Card>
      {status.upstreams
        .filter(({ allowance }) => typeof allowance?.used_percent === "number")
        .map((upstream) => (
          <FirstAllowance key={upstream.name} upstream={upstream} />
        ))}
    </div>
  );
}

function Check({
  kind,
  title,
  text,
}: {
  readonly kind: DotKind;
  readonly title: string;
  readonly text: ComponentChildren;
}) {
  return (
    <li>
      <Dot kind={kind} />
      <div>
        <b>{title}</b>
        <p>{typeof text === "string" ? <CodeText text={text} /> : text}</p>
      </div>
    </li>
  );
}

/** What an upstream is, in a few words. */
function describe({ type, allowance }: UpstreamObject, t: Texts): string {
  const limit = allowance?.limit_tokens ?? null;
  const window = allowance?.window_seconds ?? null;
  if (type !== "akash-chat" || limit === null || window === null) return nameServer(type);
  return t.overview.firstRun.webChat(writeCount(limit, t.locale), Math.round(window / 3600));
}

function UpstreamCheck({
  upstream,
  status,
}: {
  readonly upstream: UpstreamObject;
  readonly status: StatusObject;
}) {
  const t = texts.value.overview.firstRun;
  const state = stateOf(upstream, status.models, now.value);
  if (state !== "down" && state !== "spent")
    return <Check kind="good" title={t.answers(upstream.name)} text={describe(upstream, texts.value)} />;
  return <Check kind="bad" title={t.answersNot(upstream.name)} text={<>{upstream.problem?.message}</>} />;
}

const namedModels = 3;

function ModelsCheck({ status }: { readonly status: StatusObject }) {
  const t = texts.value.overview.firstRun;
  const names = status.models.filter(({ alias_of: of }) => of === null).map(({ id }) => id);
  if (names.length === 0) return <Check kind="bad" title={t.noModels} text={t.noModelsHint} />;
  const shown = names.slice(0, namedModels);
  const rest = names.length - shown.length;
  return (
    <Check
      kind="good"
      title={t.found(names.length)}
      text={<>{[...shown, ...(rest === 0 ? [] : [t.more(rest)])].join(", ")}</>}
    />
  );
}

function FirstAllowance({ upstream }: { readonly upstream: UpstreamObject }) {
  const { locale, overview: t } = texts.value;
  const percent = upstream.allowance?.used_percent ?? 0;
  const used = upstream.allowance?.used_tokens ?? null;
  const limit = upstream.allowance?.limit_tokens ?? null;
  const words =
    used === null || limit === null ? "" : t.usedOf(writeCount(used, locale), writeCount(limit, locale));
  return (
    <Card title={upstream.name} note={nameServer(upstream.type)} class="first-allowance">
      <div class="padded">
        <Meter share={percent / 100} label={upstream.name} text={words} />
        <p class="line">
          <span>{words}</span>
          {percent === 0 && <span>{t.starts}</span>}
        </p>
      </div>
    </Card>
  );
}
