import { describe, expect, test } from "vitest";
import { createSealer } from "../../src/secrets/create-sealer.ts";

const sealer = createSealer("a secret of this test", "summaries");
const text = "Goal: mend sum.js — 你好 🙂";

describe("a sealed text", () => {
  test.each([text, "", "x".repeat(100_000)])("is opened by another sealer of the secret", (sealed) => {
    expect(createSealer("a secret of this test", "summaries").open(sealer.seal(sealed))).toBe(sealed);
  });

  test("shows nothing of itself, and is another one each time", () => {
    expect(sealer.seal(text)).toMatch(/^v1\.[\w-]+$/);
    expect(sealer.seal(text)).not.toBe(sealer.seal(text));
  });

  test.each([
    ["another secret", createSealer("another secret", "summaries")],
    ["another purpose", createSealer("a secret of this test", "links")],
  ])("is not opened with %s", (_name, other) => {
    expect(other.open(sealer.seal(text))).toBeUndefined();
  });

  test("is not opened when any of it was changed", () => {
    const sealed = sealer.seal(text);
    for (let index = 0; index < sealed.length; index += 1) {
      // The last character may hold bits that belong to no byte.
      const other = sealed[index] === "A" ? "B" : "A";
      expect(
        sealer.open(sealed.slice(0, index) + other + sealed.slice(index + 1)),
        `at ${index}`,
      ).toBeUndefined();
    }
  });

  test.each(["=", "!", " ", "\n", "A"])("is not opened with %j behind it", (more) => {
    expect(sealer.open(sealer.seal(text) + more)).toBeUndefined();
  });

  test.each(["", "v1.", "v1.AAAA", "gAAAAABo_opaque", "v1.💥"])("%j is none", (given) => {
    expect(sealer.open(given)).toBeUndefined();
  });
});
