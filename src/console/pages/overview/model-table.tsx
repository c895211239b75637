import type { ComponentChildren } from "preact";

import type { ModelObject, StatusObject, SupportObject } from "../../api/types.ts";
import { writeCount, writePrice, writeSeconds } from "../../domain/figures.ts";
import { costOf, listSupport } from "../../domain/models.ts";
import { isAway, stateOf } from "../../domain/upstream-state.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { CodeText } from "../../parts/code-text.tsx";
import { Dot } from "../../parts/dot.tsx";
import { now } from "../../state/clock.ts";
import { span } from "../../state/status.ts";
import { texts } from "../../text/index.ts";

/** All models, and by whom and how each comes by what it can. */
export function ModelTable({ status }: { readonly status: StatusObject }) {
  const { overview: t } = texts.value;
  const models = status.models.filter(({ alias_of: of }) => of === null);
  const c = t.columns;
  const legend = (
    <span class="model-legend">
      <Badge kind="native">{t.native}</Badge> {t.byModel}
      <Badge kind="emulated">{t.emulated}</Badge> {t.byGateway}
    </span>
  );
  return (
    <Card
      title={t.models}
      note={t.modelCounts(models.length, status.models.length - models.length)}
      aside={legend}
    >
      {models.length === 0 ? (
        <p class="quiet">
          <CodeText text={t.noModels} />
        </p>
      ) : (
        <table class="models">
          <caption class="out-of-sight">{t.models}</caption>
          <thead>
            <tr>
              <th scope="col">{c.model}</th>
              <th scope="col">{c.upstreams}</th>
              <th scope="col" class="number">
                {c.context}
              </th>
              <th scope="col" class="number">
                {c.output}
              </th>
              <th scope="col">{c.tools}</th>
              <th scope="col">{c.schema}</th>
              <th scope="col">{c.thinking}</th>
              <th scope="col">{c.images}</th>
              <th scope="col" class="number">
                {c.price}
              </th>
              <th scope="col" class="number">
                {c.firstToken}
              </th>
              <th scope="col" class="number">
                {t.spans[span.value]}
              </th>
            </tr>
          </thead>
          <tbody>
            {models.map((model) => (
              <ModelRow key={model.id} model={model} status={status} />
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function ModelRow({ model, status }: { readonly model: ModelObject; readonly status: StatusObject }) {
  const { locale, overview: t } = texts.value;
  const figures = status.activity?.models.find((one) => one.model === model.id);
  const first = figures?.first_token_ms?.p50;
  const legs = model.upstreams;
  const known = (value: number | null) => (value === null ? "—" : writeCount(value, locale));
  return (
    <tr>
      <th scope="row">
        <Dot
          kind={model.answers_now ? "good" : "bad"}
          label={model.answers_now ? t.states.answers : t.states.down}
        />
        <span class="clip" title={model.id}>
          <bdi>{model.id}</bdi>
        </span>
      </th>
      <td class="model-upstreams">
        <UpstreamNames model={model} status={status} />
      </td>
      <td class="number">{known(model.context_length)}</td>
      <td class="number">{known(model.max_output_length)}</td>
      <td>
        <Supports supports={listSupport(legs, ({ tools }) => tools)} />
      </td>
      <td>
        <Supports supports={listSupport(legs, ({ json_schema: schema }) => schema)} />
      </td>
      <td>
        <Supports supports={listSupport(legs, ({ thinking }) => thinking)} />
      </td>
      <td>
        <ImagesCell model={model} />
      </td>
      <td class="number">
        <CostCell model={model} status={status} />
      </td>
      <td class="number">{first === undefined ? "—" : writeSeconds(first)}</td>
      <td class="number">{writeCount(figures?.requests ?? 0, locale)}</td>
    </tr>
  );
}

/** Parts with a sign between that says: then the next. */
function inOrder(parts: readonly ComponentChildren[]): ComponentChildren {
  return parts.map((part, index) => (
    <>
      {index > 0 && <span class="then"> › </span>}
      {part}
    </>
  ));
}

function UpstreamNames({ model, status }: { readonly model: ModelObject; readonly status: StatusObject }) {
  const t = texts.value.overview;
  /** Why an upstream does not answer for the model, in a word. */
  function whyNot(name: string): string {
    const upstream = status.upstreams.find((one) => one.name === name);
    if (upstream === undefined) return t.coolingDown;
    if (stateOf(upstream, status.models, now.value) === "spent") return t.states.spent;
    return isAway(upstream) ? t.unreachable : t.coolingDown;
  }
  return (
    <>
      {inOrder(
        model.upstreams.map(({ name, answers_now: answers }) =>
          answers ? (
            <span class="model-upstream">{name}</span>
          ) : (
            <span class="model-upstream">
              <span class="text-red">{name}</span> <span class="note">{whyNot(name)}</span>
            </span>
          ),
        ),
      )}
    </>
  );
}

function Supports({ supports }: { readonly supports: readonly SupportObject[] }) {
  const { common, overview: t } = texts.value;
  if (supports.length === 0) return <None />;
  return (
    <>
      {inOrder(
        supports.map((support) => {
          if (support === "none") return <None />;
          if (support === "unknown") return <Badge kind="fact">{common.notKnown}</Badge>;
          return <Badge kind={support}>{t[support]}</Badge>;
        }),
      )}
    </>
  );
}

/** It can't, and nobody can in its place. */
function None() {
  return (
    <>
      <span aria-hidden="true">—</span>
      <span class="out-of-sight">{texts.value.common.cannot}</span>
    </>
  );
}

function ImagesCell({ model }: { readonly model: ModelObject }) {
  const t = texts.value.overview;
  if (model.kind === "image") return <Badge kind="fact">{t.makes}</Badge>;
  return model.upstreams.some(({ images }) => images === "native") ? (
    <Badge kind="fact">{t.sees}</Badge>
  ) : (
    <None />
  );
}

const writeKnown = (price: string | undefined) => (price === undefined ? "—" : writePrice(price));

function CostCell({ model, status }: { readonly model: ModelObject; readonly status: StatusObject }) {
  const t = texts.value;
  const cost = costOf(model, (name) => status.upstreams.find((one) => one.name === name)?.type);
  if (cost.kind === "free") return <>{t.overview.free}</>;
  if (cost.kind === "own") return <>{t.overview.own}</>;
  if (cost.kind !== "price") return <>—</>;
  return (
    <>
      {writeKnown(cost.input)} / {writeKnown(cost.output)}
    </>
  );
}
