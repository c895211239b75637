import { createRequire } from "node:module";

import { expect, test } from "vitest";

import { createCheckBudget } from "../../../src/shaping/schema/check-budget.ts";

const { cache } = createRequire(import.meta.url);

/** Whether the validators have been loaded, by anybody in this process. */
function isLoaded(): boolean {
  return Object.keys(cache).some((path) => /[\\/]ajv[\\/]dist[\\/]2020\.js$/.test(path));
}

test("the validators are loaded before the time of any work begins, since a load that is broken off is never mended", () => {
  expect(isLoaded()).toBe(false);
  const loaded: boolean[] = [];
  const budget = createCheckBudget({
    now: () => 0,
    limit(_milliseconds, work) {
      loaded.push(isLoaded());
      return work();
    },
  });
  budget.compile({}, 1, () => "compiled");
  budget.change(1_000_000, () => "changed");
  expect(loaded).toEqual([true, true]);
});
