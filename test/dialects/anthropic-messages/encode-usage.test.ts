import { expect, it } from "vitest";

import { encodeUsage } from "../../../src/dialects/anthropic-messages/encode-usage.ts";

it("counts by the upstream first, then by our own estimate", () => {
  expect(encodeUsage({ inputTokens: 3, estimated: false }, 9).input_tokens).toBe(3);
  expect(encodeUsage({ estimated: false }, 9).input_tokens).toBe(9);
});
