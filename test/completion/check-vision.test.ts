import { describe, expect, test } from "vitest";

import { canSee } from "../../src/completion/check-vision.ts";
import { type Support, unknownCapabilities } from "../../src/model/capabilities.ts";
import { toRoutedModel } from "../../src/model/leg.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";

const chat = (id: string, images?: Support): ModelInfo => ({
  id,
  kind: "chat",
  ...(images === undefined ? {} : { capabilities: { ...unknownCapabilities, images } }),
});
const patterns = ["*-VL*", "eyes"];

describe("whether a model at several upstreams sees", () => {
  test.each<[string, string, readonly ModelInfo[], boolean]>([
    ["none of them does", "m", [chat("m"), chat("org/m", "emulated")], false],
    ["the second does", "m", [chat("m"), chat("org/m", "native")], true],
    ["of the second nobody has said", "m", [chat("m"), chat("org/m", "unknown")], true],
    ["the operator says so of the id at one of them", "fast", [chat("m"), chat("Qwen3-VL")], true],
    ["the operator says so of its name", "eyes", [chat("m"), chat("org/m", "emulated")], true],
    ["it draws", "Qwen3-VL", [{ id: "Qwen3-VL", kind: "image" }], false],
  ])("%s", (_what, name, models, expected) => {
    const legs = models.map((model, at) => ({ upstream: `u${at}`, model }));
    expect(canSee(toRoutedModel(name, legs), patterns)).toBe(expected);
  });

  test("an alias sees as its model does", () => {
    const model = { ...toRoutedModel("gpt-4o", [{ upstream: "u", model: chat("m") }]), aliasOf: "Qwen3-VL" };
    expect(canSee(model, patterns)).toBe(true);
    expect(canSee(chat("Qwen3-VL"), patterns)).toBe(true);
  });
});
