import { describe, expect, it } from "vitest";

import { toOrderedTurns } from "../../../src/upstreams/akash-chat/image-order.ts";
import type { ImageRequest } from "../../../src/upstreams/upstream.ts";

function order(prompt: string, how?: ImageRequest["order"]): readonly string[] {
  const turns = [
    { role: "assistant", text: "A boat." },
    { role: "user", text: prompt },
  ] as const;
  const request = { model: "AkashGen", turns, ...(how === undefined ? {} : { order: how }) };
  return toOrderedTurns(request).map(({ text }) => text);
}

const orderOf = (prompt: string) => order(prompt, "usual")[1];

describe("an order to draw", () => {
  it.each([
    "a red boat",
    "",
    "Make it rain. A picture would be nice",
    "image of a cat",
    "画一只猫",
    "the drawing of a child",
    "Draw",
  ])("is made of the description %j", (prompt) => {
    expect(orderOf(prompt)).toBe(`Generate an image: ${prompt}`);
  });

  it.each([
    "Generate an image: a red boat",
    "  please draw me a picture of a cat",
    "Create a minimalist logo for a bakery",
    "paint two small portraits",
    "Could you make an icon?",
  ])("is left alone: %j", (prompt) => {
    expect(orderOf(prompt)).toBe(prompt);
  });

  it("is found in linear time in a long hostile prompt", () => {
    const prompt = "generate ".repeat(3500);
    expect(orderOf(prompt)).toBe(`Generate an image: ${prompt}`);
  });
});

it("is stronger after words came in place of a picture", () => {
  expect(order("a red boat", "urgent")).toEqual([
    "A boat.",
    expect.stringMatching(/^Call the image generation tool now\..*: a red boat$/),
  ]);
});

it("is none in a conversation", () => {
  expect(order("a red boat")).toEqual(["A boat.", "a red boat"]);
});
