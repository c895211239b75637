import { describe, expect, it } from "vitest";
import { GatewayError } from "../../src/errors.ts";
import { resolveImageModel } from "../../src/images/resolve-image-model.ts";
import type { ModelInfo } from "../../src/model/model-info.ts";
import { listed } from "../support/router-of.ts";

const never = new AbortController().signal;

function createChat(...models: ModelInfo[]) {
  return {
    listModels: async () => models.map((model) => listed(model)),
    async resolveModel(id: string) {
      const found = models.find((model) => model.id.toLowerCase() === id.toLowerCase());
      if (found === undefined) throw new GatewayError("model-not-found", "Error Model.", { status: 500 });
      return listed(found);
    },
  };
}

const chat = createChat({ id: "DeepSeek-V3.2", kind: "chat" }, { id: "AkashGen", kind: "image" });

const images = { defaultModel: "AkashGen" };

const withoutList = {
  ...chat,
  listModels: () => Promise.reject(new GatewayError("upstream-timeout", "It does not come.")),
};

describe("the model of an images request", () => {
  it.each([
    [undefined, "AkashGen"],
    ["AkashGen", "AkashGen"],
    ["akashgen", "AkashGen"],
  ])("%s is %s", async (id, expected) => {
    expect(await resolveImageModel({ chat, images }, id, never)).toMatchObject({ id: expected });
  });

  it("is one of several, the first where nobody says", async () => {
    const several = createChat({ id: "flux-dev", kind: "image" }, { id: "sdxl", kind: "image" });
    const sources = { chat: several, images: { defaultModel: "flux-dev" } };
    expect(await resolveImageModel(sources, undefined, never)).toMatchObject({ id: "flux-dev" });
    expect(await resolveImageModel(sources, "sdxl", never)).toMatchObject({ id: "sdxl" });
    await expect(resolveImageModel(sources, "x", never)).rejects.toThrow(
      "Images are made by flux-dev, sdxl:",
    );
  });

  it("is refused where nobody draws, without a name to send", async () => {
    const writers = { chat: createChat({ id: "m", kind: "chat" }), images: { defaultModel: "" } };
    await expect(resolveImageModel(writers, "m", never)).rejects.toThrow(
      /no images\. No upstream .* draws\.$/,
    );
    expect(await resolveImageModel(writers, undefined, never)).toMatchObject({ id: "" });
  });

  it("defaults to the usual one while the upstream's list does not show it", async () => {
    expect(await resolveImageModel({ chat: createChat(), images }, undefined, never)).toMatchObject({
      id: "AkashGen",
    });
  });

  it("defaults to the usual one while there is no list, unless the caller left", async () => {
    expect(await resolveImageModel({ chat: withoutList, images }, undefined, never)).toMatchObject({
      id: "AkashGen",
    });
    const gone = AbortSignal.abort();
    await expect(resolveImageModel({ chat: withoutList, images }, undefined, gone)).rejects.toThrow();
  });

  it.each([
    ["dall-e-3", "model-not-found", 404],
    ["DeepSeek-V3.2", "invalid-request", 400],
  ])("%s is refused with the name of the right one", async (id, kind, status) => {
    await expect(resolveImageModel({ chat, images }, id, never)).rejects.toMatchObject({
      kind,
      status,
      param: "model",
      shouldRetry: false,
      message: expect.stringContaining("AkashGen"),
    });
  });

  it("hides no other failure", async () => {
    const failing = {
      ...chat,
      resolveModel: () => Promise.reject(new GatewayError("rate-limited", "Used up.")),
    };
    await expect(resolveImageModel({ chat: failing, images }, "x", never)).rejects.toMatchObject({
      kind: "rate-limited",
    });
  });
});
