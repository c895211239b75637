import { expect, test } from "vitest";

import type { ModelInfo } from "../../../src/model/model-info.ts";
import type { LearnedFacts } from "../../../src/upstreams/memory/capability-memory.ts";
import { createDescribedList } from "../../../src/upstreams/openai-compatible/described-list.ts";

/** A list of which the test says what is known. */
const nothing = {};

function setUp() {
  const listed = new Map<string, ModelInfo>(["a", "b"].map((id) => [id, { id, kind: "chat" }]));
  const learned = new Map<string, LearnedFacts>();
  const described: string[] = [];
  const list = createDescribedList(
    (id) => ({ server: nothing, listed: listed.get(id), details: undefined, learned: learned.get(id) }),
    (id) => {
      described.push(id);
      return { id, kind: "chat" };
    },
  );
  return { listed, learned, described, list };
}

test("a list of which nothing has changed is the same, and described once", () => {
  const { list, described } = setUp();
  const first = list.of(["a", "b"]);
  expect(first.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(list.of(["a", "b"])).toBe(first);
  expect(described).toEqual(["a", "b"]);
});

test("what was listed anew, or learned, is described anew, and it alone", () => {
  const { list, listed, learned, described } = setUp();
  const first = list.of(["a", "b"]);
  listed.set("b", { id: "b", kind: "chat" });
  const second = list.of(["a", "b"]);
  expect(second).not.toBe(first);
  expect(second[0]).toBe(first[0]);
  learned.set("a", { learnedAt: 1 });
  expect(list.of(["a", "b"])).not.toBe(second);
  expect(described).toEqual(["a", "b", "b", "a"]);
});

test.each([[["a"]], [["b", "a"]], [["a", "b", "c"]], [[]]])("other models are another list: %j", (ids) => {
  const { list } = setUp();
  const first = list.of(["a", "b"]);
  const other = list.of(ids);
  expect(other).not.toBe(first);
  expect(other.map(({ id }) => id)).toEqual(ids);
});
