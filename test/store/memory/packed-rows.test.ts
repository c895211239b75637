import { describe, expect, test } from "vitest";
import { createPackedRows, type PackedRows } from "../../../src/store/memory/packed-rows.ts";
import type { PlacedRow } from "../../../src/ledger/page-place.ts";
import { fullRow, midnight, row } from "../contract/ledger-rows.ts";

function fill(rows: PackedRows, count: number, from = 0): PackedRows {
  for (let index = from; index < from + count; index += 1) rows.add(row(`${index}`, midnight + index));
  return rows;
}

async function readAll(rows: PackedRows) {
  const all: PlacedRow[] = [];
  for await (const some of rows.read()) all.push(...some);
  return all;
}

describe("the newest rows, packed", () => {
  test.each([0, 1, 63, 64, 65, 100, 127, 128, 129, 163, 164, 165, 1000])(
    "of %i and room for 100, the newest are read with their numbers, in order",
    async (count) => {
      const found = await readAll(fill(createPackedRows(100), count));
      const oldest = Math.max(0, count - 100);
      const numbers = Array.from({ length: count - oldest }, (_, index) => oldest + index);
      expect(found.map(({ sequence }) => sequence)).toEqual(numbers);
      expect(found.map(({ row: { id } }) => id)).toEqual(numbers.map(String));
    },
  );

  test("a row comes back as it was, but for what it did not have", async () => {
    const rows = createPackedRows(100);
    rows.add(fullRow);
    rows.add({ ...row("bare", midnight), key: undefined });
    fill(rows, 70);
    const [full, bare] = await readAll(rows);
    expect(full).toEqual({ row: fullRow, sequence: 0 });
    expect(bare?.row).toStrictEqual(row("bare", midnight));
  });

  test("what is noted while they are read belongs to the next time, and others have their turns", async () => {
    const rows = fill(createPackedRows(10_000), 5000);
    let turns = 0;
    let reading = true;
    function takeTurn(): void {
      fill(rows, 10, 5000 + turns * 10);
      turns += 1;
      if (reading) setImmediate(takeTurn);
    }
    setImmediate(takeTurn);
    const read = await readAll(rows);
    reading = false;
    expect(read).toHaveLength(5000);
    expect(turns).toBeGreaterThanOrEqual(4);
    const all = 5000 + turns * 10;
    expect(await readAll(rows)).toHaveLength(all);
  });

  test("cleared there is none", async () => {
    const rows = fill(createPackedRows(100), 130);
    rows.clear();
    expect(await readAll(rows)).toEqual([]);
    expect(await readAll(fill(rows, 2))).toMatchObject([{ sequence: 0 }, { sequence: 1 }]);
  });
});
