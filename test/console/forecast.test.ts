import { describe, expect, test } from "vitest";

import type { AllowanceObject, LegObject, ModelObject, UpstreamObject } from "../../src/console/api/types.ts";
import { findNext, forecast } from "../../src/console/domain/forecast.ts";
import { countAgentRequests, stateOf } from "../../src/console/domain/upstream-state.ts";

const now = Date.parse("2026-11-27T17:00:00Z");
const allowance: AllowanceObject = {
  state: "available",
  used_percent: 62,
  used_tokens: 15_500,
  remaining_tokens: 9500,
  limit_tokens: 25_000,
  window_seconds: 14_400,
  resets_at: "2026-11-27T18:40:00Z",
};
const web: UpstreamObject = {
  name: "web",
  type: "akash-chat",
  up: true,
  models_resting: 0,
  problem: null,
  allowance,
  pace_tokens: 5278,
};
const leg = (name: string, more: Partial<LegObject> = {}): LegObject => ({
  name,
  model: "m",
  answers_now: true,
  tools: "native",
  json_schema: "native",
  thinking: "none",
  images: "none",
  pricing: null,
  ...more,
});
const model = (...upstreams: readonly LegObject[]): ModelObject => ({
  id: "m",
  kind: "chat",
  alias_of: null,
  answers_now: true,
  context_length: null,
  max_output_length: null,
  upstreams,
});

describe("the forecast of an allowance", () => {
  test("is what is left, at the pace of the last half hour", () => {
    const found = forecast(web, now);
    expect(new Date(found?.endsAt ?? 0).toISOString()).toMatch(/^2026-11-27T17:53:59/);
    expect(found?.minutesEarly).toBe(46);
  });

  test.each<[string, Partial<UpstreamObject>]>([
    ["nothing was used", { pace_tokens: 0 }],
    ["the gateway has run for less than half an hour", { pace_tokens: null }],
    ["it renews before", { pace_tokens: 2000 }],
    ["nothing is counted", { allowance: { ...allowance, state: "uncounted", remaining_tokens: null } }],
    ["nobody tells the size", { allowance: { ...allowance, remaining_tokens: null } }],
    ["nobody knows when it renews", { allowance: { ...allowance, resets_at: null } }],
    ["it is used up already", { allowance: { ...allowance, state: "spent", remaining_tokens: 0 } }],
    ["it tells nothing", { allowance: null }],
  ])("is none where %s", (_why, more) => {
    expect(forecast({ ...web, ...more }, now)).toBeUndefined();
  });
});

describe("who answers then", () => {
  const paid = { pricing: { prompt: "0.00000027", completion: "0.0000004" } };
  test.each<[string, readonly ModelObject[], ReturnType<typeof findNext>]>([
    ["nobody stands behind it", [model(leg("web"))], undefined],
    ["one that costs", [model(leg("web"), leg("akashml", paid))], { name: "akashml", paid: true }],
    ["one that is free", [model(leg("web"), leg("gpu"))], { name: "gpu", paid: false }],
    [
      "one behind one that is away",
      [model(leg("web"), leg("gpu", { answers_now: false }), leg("b"))],
      { name: "b", paid: false },
    ],
    ["nobody, when it is the last", [model(leg("akashml"), leg("web"))], undefined],
    [
      "the one of most models",
      [model(leg("web"), leg("a")), model(leg("web"), leg("b")), model(leg("web"), leg("b"))],
      { name: "b", paid: false },
    ],
  ])("%s", (_name, models, expected) => {
    expect(findNext("web", models)).toEqual(expected);
  });
});

describe("the state of an upstream", () => {
  const spent = { ...allowance, state: "spent", remaining_tokens: 0, used_percent: 101 } as const;
  const slow = { pace_tokens: 10 };
  test.each<[string, Partial<UpstreamObject>, readonly ModelObject[], string]>([
    ["answers", slow, [model(leg("web"))], "answers"],
    ["soon", {}, [model(leg("web"))], "soon"],
    ["spent", { up: false, allowance: spent }, [model(leg("web", { answers_now: false }))], "spent"],
    ["down", { ...slow, up: false }, [model(leg("web", { answers_now: false }))], "down"],
    ["all its models rest", slow, [model(leg("web", { answers_now: false }))], "down"],
    [
      "one of its models rests",
      slow,
      [model(leg("web", { answers_now: false })), model(leg("web"))],
      "answers",
    ],
    ["no model asks it", slow, [model(leg("other"))], "unasked"],
  ])("%s", (_name, more, models, expected) => {
    expect(stateOf({ ...web, ...more }, models, now)).toBe(expected);
  });
});

test.each([
  [0, 0],
  [7999, 0],
  [9500, 1],
  [39_999, 4],
  [40_000, undefined],
])("%d tokens are %s requests of an agent", (left, expected) => {
  expect(countAgentRequests(left)).toBe(expected);
});
