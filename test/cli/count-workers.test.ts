import { availableParallelism } from "node:os";

import { expect, test } from "vitest";

import { countWorkers, warnOfIdleWorkers } from "../../src/cli/count-workers.ts";

test("auto is one for each core", () => {
  expect(countWorkers({ WORKERS: "auto" })).toBe(availableParallelism());
  expect(countWorkers({ WORKERS: 3 })).toBe(3);
});

test.each([
  { count: 2, cores: 2, text: undefined },
  { count: 2, cores: 1, text: /^WORKERS is 2, and there is 1 core: / },
  { count: 200, cores: 4, text: /^WORKERS is 200, and there are 4 cores: / },
])("$count workers on $cores cores: $text", ({ count, cores, text }) => {
  const warnings: string[] = [];
  warnOfIdleWorkers(count, cores, {
    warn: (_fields: object, told?: string) => void warnings.push(String(told)),
  });
  expect(warnings).toEqual(text === undefined ? [] : [expect.stringMatching(text)]);
});
