import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fromToolUseId, toToolUseId } from "../../../src/dialects/anthropic-messages/tool-use-id.ts";

describe("the id of a call", () => {
  it("stays as it is where Anthropic's clients take it", () => {
    for (const id of ["call_AbC123", "toolu_01", "chatcmpl-tool-1-0", "toolu_x", ""]) {
      expect(toToolUseId(id)).toBe(id);
      expect(fromToolUseId(id)).toBe(id);
    }
  });

  it("is written otherwise, and read again, where they don't", () => {
    for (const id of ["functions.get_time:0", "call_1__thought__CpsB+/=", "a b", "späť", "toolu_x_YQ"]) {
      expect(toToolUseId(id)).toMatch(/^[a-zA-Z0-9_-]+$/);
      expect(fromToolUseId(toToolUseId(id))).toBe(id);
    }
  });

  it("of another maker is left as it is, whatever it looks like", () => {
    for (const id of ["toolu_x_", "toolu_x_!", "toolu_x_Y", "toolu_x_YQ==", "functions.a:0"]) {
      expect(fromToolUseId(id)).toBe(id);
    }
  });

  it("comes back, and is nobody else's", () => {
    const ids = fc.string({ unit: "grapheme", maxLength: 90 });
    fc.assert(
      fc.property(ids, ids, (one, other) => {
        expect(fromToolUseId(toToolUseId(one))).toBe(one);
        if (one !== other) expect(toToolUseId(one)).not.toBe(toToolUseId(other));
      }),
    );
  });
});
