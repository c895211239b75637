import { expect, test } from "vitest";

import { readUsage } from "../../../src/upstreams/openai-compatible/read-usage.ts";

test.each([1e300, Number.MAX_SAFE_INTEGER + 1, -1, 1.5, "twelve", null])(
  "a count of %j is none: sums and databases could not hold it",
  (count) => {
    expect(readUsage({ prompt_tokens: count, completion_tokens: count })).toBeUndefined();
  },
);
