import { expect, test } from "vitest";

import { openHeading } from "../../../src/console/domain/markdown/open-heading.ts";

test.each([
  [
    [1, 2, 3, 2],
    [1, 2, 3, 2],
  ],
  [
    [3, 3, 5, 3],
    [1, 1, 2, 1],
  ],
  [
    [2, 4, 3, 1, 6],
    [1, 2, 2, 1, 2],
  ],
])("headings of the levels %j stand at %j", (levels, ranks) => {
  let open: readonly number[] = [];
  const found = levels.map((level) => {
    open = openHeading(open, level);
    return open.length;
  });
  expect(found).toEqual(ranks);
});
