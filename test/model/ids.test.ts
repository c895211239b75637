import { expect, test } from "vitest";

import { createIdFactory, createRandomPool } from "../../src/model/ids.ts";

test("an id is its prefix and 24 letters and digits, and there is one of each", () => {
  let next = 0;
  const newId = createIdFactory((size) => Uint8Array.from({ length: size }, () => (next += 1) % 251));
  const ids = Array.from({ length: 5 }, () => newId("call_"));
  for (const id of ids) expect(id).toMatch(/^call_[A-Za-z0-9]{24}$/);
  expect(new Set(ids).size).toBe(5);
});

test("a pool gives each byte once and asks for more when it is empty", () => {
  let next = 0;
  const asked: number[] = [];
  const take = createRandomPool((size) => {
    asked.push(size);
    return Uint8Array.from({ length: size }, () => (next += 1));
  }, 8);
  expect([...take(3)]).toEqual([1, 2, 3]);
  expect([...take(5)]).toEqual([4, 5, 6, 7, 8]);
  expect([...take(4)]).toEqual([9, 10, 11, 12]);
  expect([...take(20)]).toHaveLength(20);
  expect(asked).toEqual([8, 8, 20]);
});
