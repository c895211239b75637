import { encodeAllowance, type NamedAllowance } from "../../dialects/encode-gateway-usage.ts";
import { encodePrice } from "../../dialects/shown-model.ts";
import { type Support, textOnly, toolSupport } from "../../model/capabilities.ts";
import type { ListedLeg, ListedModel } from "../../model/leg.ts";
import type { OpenNow } from "../open-requests.ts";
import type { UpstreamStatus } from "./upstream-status.ts";

const toTime = (ms: number): string => new Date(ms).toISOString();

/** An upstream: how it is, and what it allows. `pace`: tokens of its requests in the last half hour, where that is known. */
export function encodeUpstream(
  { name, type, up, restingModels, problem }: UpstreamStatus,
  allowance: NamedAllowance | undefined,
  pace: number | undefined,
  now: number,
) {
  return {
    name,
    type,
    up,
    models_resting: restingModels,
    problem:
      problem === undefined
        ? null
        : {
            error: problem.error.kind,
            message: problem.error.message,
            model: problem.model ?? null,
            since: problem.rest === undefined ? null : toTime(problem.rest.since),
            next_try_at: problem.rest === undefined ? null : toTime(problem.rest.until),
            told: problem.rest?.told ?? null,
          },
    allowance: allowance === undefined ? null : encodeTerms(allowance, now),
    pace_tokens: pace ?? null,
  };
}

/** What does not change with each look: seconds that run down are whoever reads it's own. */
function encodeTerms(allowance: NamedAllowance, now: number) {
  const { name: _name, resets_in_seconds: _seconds, ...terms } = encodeAllowance(allowance, now);
  return terms;
}

type LegSupport = "native" | "emulated" | "unknown" | "none";

/** What the gateway can't supply where a model lacks it. */
function ofModelAlone(support: Support): LegSupport {
  return support === "emulated" ? "none" : support;
}

/** A model that does not write has none of it. */
function supportOf(support: LegSupport, writes: boolean): LegSupport {
  return writes ? support : "none";
}

function encodeLeg({ upstream, model, answersNow }: ListedLeg) {
  const { capabilities = textOnly } = model;
  const writes = model.kind === "chat";
  return {
    name: upstream,
    model: model.id,
    answers_now: answersNow,
    tools: supportOf(toolSupport(capabilities), writes),
    json_schema: supportOf(capabilities.jsonSchema, writes),
    // What a model writes as thinking is told apart by the gateway, where it does think.
    thinking: supportOf(capabilities.reasoning, writes),
    images: supportOf(ofModelAlone(capabilities.images), writes),
    pricing: model.price === undefined ? null : encodePrice(model.price),
  };
}

/** A model, and what each of its upstreams can, in the order in which they are asked. */
export function encodeStatusModel(model: ListedModel) {
  return {
    id: model.id,
    kind: model.kind,
    alias_of: model.aliasOf ?? null,
    answers_now: model.answersNow,
    context_length: model.contextLength ?? null,
    max_output_length: model.maxOutputTokens ?? null,
    upstreams: model.legs.map(encodeLeg),
  };
}

/** A request under way. */
export function encodeOpen(open: OpenNow) {
  return {
    id: open.id,
    route: open.route,
    model: open.model ?? null,
    upstream: open.upstream ?? null,
    key: open.key?.id ?? null,
    key_name: open.key?.name ?? null,
    client: open.client ?? null,
    stream: open.stream,
    background: open.background,
    waits_for: open.waitsFor,
    first_token_ms: open.firstTokenMs ?? null,
    ms: open.ms,
  };
}
