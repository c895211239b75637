import { expect, test } from "vitest";

import type { Notice } from "../../../src/model/notices.ts";
import { createMemoryCapabilities } from "../../../src/upstreams/memory/memory-capabilities.ts";
import { shareCapabilities } from "../../../src/upstreams/memory/share-capabilities.ts";

test("what is learned here is told, and what is learned elsewhere is known, and not told on", () => {
  const published: Notice[] = [];
  let give: ((notice: Notice) => void) | undefined;
  const memory = shareCapabilities(createMemoryCapabilities(), {
    now: () => 5,
    notices: {
      publish: (notice) => void published.push(notice),
      subscribe(_kind, take) {
        give = take;
        return () => {};
      },
    },
  });
  const facts = { maxOutputTokens: 100, learnedAt: 1 };
  memory.set("server a", facts);
  memory.set("server a", undefined);
  expect(published.map(({ key, value, isLocal }) => [key, value, isLocal])).toEqual([
    ["server a", facts, true],
    ["server a", null, true],
  ]);
  give?.({ kind: "capabilities", key: "server b", value: facts, until: 9 });
  expect(memory.get("server b")).toEqual(facts);
  give?.({ kind: "capabilities", key: "server b", value: null, until: 9 });
  expect(memory.get("server b")).toBeUndefined();
  expect(published).toHaveLength(2);
});
