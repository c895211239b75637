import { describe, expect, test } from "vitest";

import type { LegObject, ModelObject } from "../../src/console/api/types.ts";
import { costOf, listSupport } from "../../src/console/domain/models.ts";

const leg = (name: string, more: Partial<LegObject> = {}): LegObject => ({
  name,
  model: "m",
  answers_now: true,
  tools: "emulated",
  json_schema: "emulated",
  thinking: "none",
  images: "none",
  pricing: null,
  ...more,
});
const types: Readonly<Record<string, string>> = {
  web: "akash-chat",
  paid: "akashml",
  box: "vllm",
  any: "openai",
};
const cost = (...upstreams: readonly LegObject[]) =>
  costOf({ upstreams } as unknown as ModelObject, (name) => types[name]);

describe("what a model costs", () => {
  const pricing = { prompt: "0.00000027", completion: "0.0000004" };
  test.each([
    [
      "the first price of those that may answer",
      cost(leg("web"), leg("paid", { pricing })),
      { kind: "price", input: pricing.prompt, output: pricing.completion },
    ],
    ["nothing at the web chat", cost(leg("web")), { kind: "free" }],
    [
      "nothing where the price is nothing",
      cost(leg("paid", { pricing: { prompt: "0", completion: "0" } })),
      { kind: "free" },
    ],
    ["nothing but electricity at home", cost(leg("box")), { kind: "own" }],
    ["nobody has said", cost(leg("any")), { kind: "unknown" }],
  ])("%s", (_name, found, expected) => {
    expect(found).toEqual(expected);
  });
});

test.each([
  [
    ["emulated", "native"],
    ["emulated", "native"],
  ],
  [["emulated", "emulated"], ["emulated"]],
  [
    ["native", "emulated", "native"],
    ["native", "emulated", "native"],
  ],
  [["none", "none"], []],
  [
    ["none", "native"],
    ["none", "native"],
  ],
  [[], []],
] as const)("support %j is shown as %j", (supports, shown) => {
  expect(
    listSupport(
      supports.map((tools) => leg("x", { tools })),
      ({ tools }) => tools,
    ),
  ).toEqual(shown);
});
