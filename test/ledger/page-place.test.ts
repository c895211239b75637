import { expect, test } from "vitest";
import { decodePlace, encodePlace } from "../../src/ledger/page-place.ts";

test("a place comes back", () => {
  const place = { at: 1_795_780_000_000, sequence: 41 };
  expect(decodePlace(encodePlace(place))).toEqual(place);
});

test.each(["", "1", "1-", "-1", "1-2-3", "a-b", "1.5-2", "99999999999999999-1", " 1-2", "1-2\n"])(
  "%j is none",
  (text) => {
    expect(decodePlace(text)).toBeUndefined();
  },
);
