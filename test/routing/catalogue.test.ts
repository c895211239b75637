import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { unknownCapabilities } from "../../src/model/capabilities.ts";
import { type Leg, legKey } from "../../src/model/leg.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import { createCatalogue, listNow } from "../../src/routing/catalogue.ts";
import type { Catalogue, OwnName } from "../../src/routing/router.ts";
import { groupModels, type Offer } from "../../src/routing/group-models.ts";

function model(id: string, facts: Partial<ModelInfo> = {}): ModelInfo {
  return { id, kind: "chat", ...facts };
}

const web: Offer = {
  upstream: "web",
  models: [
    model("DeepSeek-V3.2", {
      backEndId: "deepseek-ai/DeepSeek-V3.2",
      contextLength: 64_000,
    }),
    model("Chat-Large", { backEndId: "qwen/Qwen3-Next-80B" }),
    model("AkashGen", { kind: "image" }),
  ],
};
const paid: Offer = {
  upstream: "paid",
  models: [
    model("deepseek-ai/DeepSeek-V3.2", {
      name: "DeepSeek V3.2",
      contextLength: 128_000,
      maxOutputTokens: 8000,
      capabilities: { ...unknownCapabilities, tools: "native" },
      inputModalities: ["text", "image"],
      outputModalities: ["text"],
      price: { inputPerMillion: 0.14, outputPerMillion: 0.28 },
    }),
    model("qwen/Qwen3-Next-80B", { maxOutputTokens: 32_000 }),
  ],
};
const mine: Offer = {
  upstream: "mine",
  models: [
    model("deepseek-v3.2", { maxOutputTokens: 16_000 }),
    model("a/llama"),
    model("b/llama"),
    model("embed", { kind: "image" }),
  ],
};
const silent: Offer = { upstream: "silent", models: undefined };

const keys = (legs: readonly Leg[]) => legs.map(legKey);
const legsOf = (catalogue: Catalogue, id: string) => catalogue.find(id)?.legs ?? [];
const catalogueOf = (offers: readonly Offer[], names: readonly OwnName[] = []) =>
  createCatalogue({ offers, names });

describe("one model at several upstreams", () => {
  const catalogue = catalogueOf([web, paid, mine]);
  const deepSeek = ["web/DeepSeek-V3.2", "paid/deepseek-ai/DeepSeek-V3.2", "mine/deepseek-v3.2"];
  const large = ["web/Chat-Large", "paid/qwen/Qwen3-Next-80B"];

  test.each([
    ["by its id", "DeepSeek-V3.2", deepSeek],
    ["in any case", "deepseek-ai/deepseek-v3.2", deepSeek],
    ["by the id of one upstream", "deepseek-ai/DeepSeek-V3.2", deepSeek],
    ["with another vendor in front", "other/DeepSeek-V3.2", deepSeek],
    ["by a name that only its other id ties to the rest", "Chat-Large", large],
    ["by the last part of an id", "qwen3-next-80b", large],
    ["at one upstream alone", "paid/deepseek-ai/DeepSeek-V3.2", ["paid/deepseek-ai/DeepSeek-V3.2"]],
    ["at one upstream, by the last part", "Paid/DeepSeek-V3.2", ["paid/deepseek-ai/DeepSeek-V3.2"]],
    ["two of one upstream are two", "a/llama", ["mine/a/llama"]],
    ["nothing where the last part fits two", "llama", []],
    ["nowhere", "gpt-5", []],
    ["no pattern of clients", "mine/*", []],
    ["nothing", "", []],
    ["an upstream without a model", "web/", []],
  ])("%s", (_name, id, expected) => {
    expect(keys(legsOf(catalogue, id))).toEqual(expected);
  });

  test("in the order of the upstreams, whichever ties them together", () => {
    const tie: Offer = { upstream: "tie", models: [model("one", { backEndId: "two" })] };
    const one: Offer = { upstream: "x", models: [model("one")] };
    const two: Offer = { upstream: "y", models: [model("two")] };
    for (const offers of [
      [tie, two, one],
      [two, one, tie],
      [one, tie, two],
    ]) {
      expect(legsOf(catalogueOf(offers), "two").map(({ upstream }) => upstream)).toEqual(
        offers.map(({ upstream }) => upstream),
      );
    }
  });

  test.each([
    ["without the tag that Ollama means where there is none", "Phi", ["ollama/phi:latest"]],
    ["at one upstream, without it", "ollama/phi", ["ollama/phi:latest"]],
    ["by its own id, before one that needs the tag", "qwen", ["ollama/qwen"]],
    ["not by another tag", "phi:14b", []],
  ])("%s", (_name, id, expected) => {
    const ids = ["phi:latest", "qwen:latest", "qwen"];
    const ollama: Offer = { upstream: "ollama", models: ids.map((one) => model(one)) };
    expect(keys(legsOf(catalogueOf([ollama]), id))).toEqual(expected);
  });

  test("a last part that an upstream has twice ties nothing", () => {
    const other: Offer = { upstream: "other", models: [model("c/llama")] };
    expect(keys(legsOf(catalogueOf([mine, other]), "c/llama"))).toEqual(["other/c/llama"]);
  });
});

describe("own names", () => {
  const names = [
    { name: "fast", targets: ["paid/DeepSeek-V3.2", "web/DeepSeek-V3.2", "paid/deepseek-ai/DeepSeek-V3.2"] },
    { name: "local", targets: ["mine/*"] },
    { name: "llamas", targets: ["mine/*/llama", "web/gone", "nowhere/x"] },
    { name: "llama", targets: ["web/Chat-Large"] },
    { name: "far", targets: ["silent/Some/Model", "silent/*"] },
  ];
  const catalogue = catalogueOf([web, paid, mine, silent], names);

  test.each([
    ["in their own order, none twice", "Fast", ["paid/deepseek-ai/DeepSeek-V3.2", "web/DeepSeek-V3.2"]],
    ["a star is every chat model", "local", ["mine/deepseek-v3.2", "mine/a/llama", "mine/b/llama"]],
    ["a star within; what is not offered is left out", "llamas", ["mine/a/llama", "mine/b/llama"]],
    ["before models of the same name", "llama", ["web/Chat-Large"]],
    ["an upstream that lists nothing is asked by id, not by star", "far", ["silent/Some/Model"]],
  ])("%s", (_name, id, expected) => {
    expect(keys(legsOf(catalogue, id))).toEqual(expected);
  });

  test("a star stands for so many models, and no more", () => {
    const many: Offer = { upstream: "many", models: Array.from({ length: 300 }, (_, at) => model(`m${at}`)) };
    const all = catalogueOf([many], [{ name: "any", targets: ["many/*"] }]);
    expect(keys(legsOf(all, "any"))).toEqual(Array.from({ length: 8 }, (_, at) => `many/m${at}`));
  });
});

test("what no list has is left to the only upstream while its list is not known, or has no model that chats", () => {
  const away: Offer = { upstream: "away", models: [model("AkashGen", { kind: "image" })] };
  for (const offer of [silent, away]) {
    expect(keys(catalogueOf([offer]).pass("gpt-5")?.legs ?? [])).toEqual([`${offer.upstream}/gpt-5`]);
  }
  expect(catalogueOf([web]).pass("gpt-5")).toBeUndefined();
});

describe("a prompt goes to no upstream that its model does not name", () => {
  const names = [
    { name: "private", targets: ["silent/*"] },
    { name: "exact", targets: ["web/gone", "nowhere/x"] },
  ];
  const all = catalogueOf([silent, { ...silent, upstream: "other" }, web], names);
  const alone = catalogueOf([silent], names);

  test.each(["private", "Private", "exact", "web/zzz", "gpt-5"])("%s", (id) => {
    expect(all.find(id)).toBeUndefined();
    expect(all.pass(id)).toBeUndefined();
  });

  test("not even to the only one", () => {
    expect(alone.pass("private")).toBeUndefined();
    expect(keys(alone.find("silent/Some")?.legs ?? [])).toEqual(["silent/Some"]);
  });

  test("and it is said why nobody has it", () => {
    expect(all.explain("private")).toMatch(/`private` stands for silent\/\*, and none/);
    expect(all.explain("web/zzz")).toBe("The upstream `web` has no model `zzz`.");
    expect(all.explain("gpt-5")).toBeUndefined();
    expect(all.explain("DeepSeek-V3.2")).toBeUndefined();
  });
});

test("an own name is shown by itself, not by the name of a model behind it", () => {
  const list = listNow(catalogueOf([web, paid], [{ name: "fast", targets: ["paid/*"] }]), () => true);
  expect(list[0]).toMatchObject({ id: "fast", isOwnName: true });
  expect(list[0]).not.toHaveProperty("name");
});

test("who draws does so also while its list is not known, or is its back end's", () => {
  const raw: Offer = { upstream: "raw", models: [model("a/b", { raw: true })], drawsAs: "Gen" };
  for (const offer of [raw, { ...silent, drawsAs: "Gen" }]) {
    expect(catalogueOf([offer]).pass("gen")?.legs).toEqual([
      { upstream: offer.upstream, model: { id: "Gen", kind: "image" } },
    ]);
  }
  expect(catalogueOf([{ ...web, drawsAs: "Gen" }]).pass("gen")).toBeUndefined();
});

describe("the merged list", () => {
  const catalogue = catalogueOf(
    [web, paid, mine, silent],
    [{ name: "fast", targets: ["paid/DeepSeek-V3.2"] }],
  );

  test("has own names, then each model once", () => {
    expect(listNow(catalogue, () => true).map(({ id, legs }) => [id, legs.length])).toEqual([
      ["fast", 1],
      ["DeepSeek-V3.2", 3],
      ["Chat-Large", 2],
      ["AkashGen", 1],
      ["a/llama", 1],
      ["b/llama", 1],
      ["embed", 1],
    ]);
  });

  const find = (down: readonly string[]) =>
    listNow(catalogue, ({ upstream }) => !down.includes(upstream)).find(({ id }) => id === "DeepSeek-V3.2");

  test("says the largest window, the smallest output, and of the rest what the first leg that answers does", () => {
    const both = { contextLength: 128_000, maxOutputTokens: 8000 };
    expect(find([])).toMatchObject({ ...both, answersNow: true });
    expect(find([])).not.toHaveProperty("price");
    expect(find(["web"])).toMatchObject({
      ...both,
      capabilities: { tools: "native" },
      price: { inputPerMillion: 0.14 },
      name: "DeepSeek V3.2",
      inputModalities: ["text", "image"],
      answersNow: true,
      legs: [{ answersNow: false }, { answersNow: true }, { answersNow: true }],
    });
    expect(find(["web", "paid", "mine"])).toMatchObject({ answersNow: false });
  });

  test("a model whose id an own name has taken is listed with its upstream", () => {
    const names = [{ name: "deepseek-v3.2", targets: ["paid/*"] }];
    const ids = catalogueOf([web, paid], names).models.map(({ id }) => id);
    expect(ids).toEqual(["deepseek-v3.2", "web/DeepSeek-V3.2", "Chat-Large", "AkashGen"]);
  });
});

test("an id goes before what another model is called elsewhere", () => {
  const offer: Offer = { upstream: "u", models: [model("x", { backEndId: "y" }), model("y")] };
  expect(keys(legsOf(catalogueOf([offer]), "Y"))).toEqual(["u/y"]);
});

test("whatever is offered: each model is in one group, no group has an upstream twice, and every listed id is found", () => {
  const id = fc
    .tuple(fc.constantFrom("", "a/", "b/", "B/", "a/b/"), fc.constantFrom("m", "M", "n", "o", "p"))
    .map((parts) => parts.join(""));
  const offered = fc.record({ id, backEndId: fc.option(id, { nil: undefined }) });
  const offers = fc
    .array(fc.uniqueArray(offered, { selector: (one) => one.id, maxLength: 6 }), { maxLength: 4 })
    .map((lists) =>
      lists.map((list, at): Offer => ({
        upstream: `u${at}`,
        models: list.map(({ id: own, backEndId }) =>
          model(own, backEndId === undefined ? {} : { backEndId }),
        ),
      })),
    );
  fc.assert(
    fc.property(offers, (given) => {
      const groups = groupModels(given);
      const all = given.flatMap(({ upstream, models = [] }) =>
        models.map(({ id: own }) => `${upstream}/${own}`),
      );
      expect(groups.flatMap(keys).sort()).toEqual(all.sort());
      for (const group of groups) {
        const upstreams = group.map(({ upstream }) => upstream);
        expect(upstreams).toEqual([...new Set(upstreams)].sort());
      }
      const catalogue = catalogueOf(given);
      const listed = catalogue.models;
      expect(new Set(listed.map((entry) => entry.id)).size).toBe(listed.length);
      for (const entry of listed) {
        const found = keys(legsOf(catalogue, entry.id));
        // All of them, or by `upstream/model` the one.
        expect([keys(entry.legs), keys(entry.legs.slice(0, 1))]).toContainEqual(found);
      }
    }),
  );
});
