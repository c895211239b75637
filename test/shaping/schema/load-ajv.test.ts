import { createRequire } from "node:module";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

const { cache } = createRequire(import.meta.url);

/** What is loaded of the validators, by anybody in this process. */
function loadedFiles(): string[] {
  return Object.keys(cache).filter((path) => /[\\/]ajv[\\/]dist[\\/]/.test(path));
}

const kept = new Map<string, NodeJS.Module | undefined>();

// Other tests of this process may have loaded them; they find them again afterwards.
beforeEach(() => {
  for (const path of loadedFiles()) {
    kept.set(path, cache[path]);
    delete cache[path];
  }
  vi.resetModules();
});
afterEach(() => {
  for (const path of loadedFiles()) delete cache[path];
  for (const [path, module] of kept) cache[path] = module;
  kept.clear();
  vi.resetModules();
});

test("the validators are loaded before the time of any work begins, since a load that is broken off is never mended", async () => {
  const { createCheckBudget } = await import("../../../src/shaping/schema/check-budget.ts");
  expect(loadedFiles()).toEqual([]);
  const loaded: boolean[] = [];
  const budget = createCheckBudget({
    now: () => 0,
    limit(_milliseconds, work) {
      loaded.push(loadedFiles().length > 0);
      return work();
    },
  });
  budget.compile({}, 1, () => "compiled");
  budget.change(1_000_000, () => "changed");
  expect(loaded).toEqual([true, true]);
});
