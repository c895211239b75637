import { expect, test } from "vitest";

import { createKeptTexts } from "../../src/console/state/kept-texts.ts";

/** A storage with room for so many texts. */
function createStorage(most: number) {
  const texts = new Map<string, string>();
  return {
    texts,
    getItem: (name: string) => texts.get(name) ?? null,
    setItem(name: string, text: string) {
      if (texts.size >= most) throw new DOMException("full", "QuotaExceededError");
      texts.set(name, text);
    },
    removeItem: (name: string) => texts.delete(name),
  };
}

test("what is kept is in the browser's storage", () => {
  const storage = createStorage(1);
  const kept = createKeptTexts(() => storage);
  expect(kept.read("theme")).toBeUndefined();
  kept.keep("theme", "dark");
  expect([kept.read("theme"), storage.texts.get("theme")]).toEqual(["dark", "dark"]);
  kept.forget("theme");
  expect([kept.read("theme"), storage.texts.size]).toEqual([undefined, 0]);
});

test.each([
  ["full", () => createStorage(0)],
  [
    "forbidden",
    () => {
      throw new DOMException("denied", "SecurityError");
    },
  ],
])("where the storage is %s, it is kept as long as the page is open", (_why, open) => {
  const kept = createKeptTexts(open);
  expect(kept.read("token")).toBeUndefined();
  kept.keep("token", "mine");
  expect(kept.read("token")).toBe("mine");
  kept.forget("token");
  expect(kept.read("token")).toBeUndefined();
});

test("what was refused once is in the storage as soon as there is room", () => {
  const [full, roomy] = [createStorage(0), createStorage(9)];
  let storage = full;
  const kept = createKeptTexts(() => storage);
  kept.keep("model", "one");
  storage = roomy;
  kept.keep("model", "other");
  expect([kept.read("model"), roomy.texts.get("model")]).toEqual(["other", "other"]);
});
