import { expect, test } from "vitest";

import { errorStatus, type ErrorKind } from "../../src/errors.ts";
import { encodeAttempts } from "../../src/model/attempt.ts";
import { describeAttempts } from "../../src/routing/attempt.ts";

test("a header has all tries, and nothing that would end it", () => {
  expect(
    encodeAttempts([
      { upstream: "web", model: "DeepSeek-V3.2", outcome: "budget-exhausted", ms: 12 },
      { upstream: "mine", model: "mödel, a;b\r\nx", outcome: "answered", ms: 430 },
    ]),
  ).toBe("web/DeepSeek-V3.2;budget-exhausted;12, mine/m_del__a_b__x;answered;430");
  expect(encodeAttempts([])).toBe("");
});

test("no words of an earlier failure belong to another kind than the last", () => {
  const kinds = Object.keys(errorStatus) as ErrorKind[];
  const text = describeAttempts(kinds.map((outcome) => ({ upstream: "u", model: "m", outcome })));
  expect(text).not.toMatch(
    /\d|limit|quota|token|context|window|too long|too many|maximum|length|try again|retry|timed? ?out/i,
  );
  expect(text.split("; ")).toHaveLength(kinds.length);
});
