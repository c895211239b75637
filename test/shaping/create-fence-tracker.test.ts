import { expect, test } from "vitest";

import { createFenceTracker } from "../../src/shaping/create-fence-tracker.ts";

test.each([
  ["words\n\n", false],
  ["words\n```", true],
  ["words\n```\nx\n\n", true],
  ["words\n```\nx\n```\n\n\n", false],
  ["\n\n  ~~~\n\n\nx", true],
  ["x ```\n\n", false],
  ["``\n`", false],
])("%j ends inside of a fence: %s, in one piece and sign by sign", (text, isInside) => {
  const whole = createFenceTracker();
  whole.push(text);
  const pieces = createFenceTracker();
  for (const sign of text) pieces.push(sign);
  expect([whole.inside(), pieces.inside()]).toEqual([isInside, isInside]);
});
