import { expect, test } from "vitest";

import type { ResponseStore } from "../../../src/store/response-store.ts";
import { stored } from "../open-store.ts";

/** What every store of responses does. Registers the tests. `open`: an empty one that keeps so many. */
export function responseContract(open: (capacity: number) => Promise<ResponseStore>): void {
  test("gives back what was put, and undefined for what never was", async () => {
    const store = await open(10);
    await store.put(stored("resp_1"));
    await store.put(stored("resp_2"));
    expect(await store.get("resp_1")).toEqual(stored("resp_1"));
    expect(await store.get("resp_2")).toEqual(stored("resp_2"));
    for (const id of ["resp_3", "resp_1\0", "\ud800"]) {
      expect(await store.get(id)).toBeUndefined();
      expect(await store.delete(id)).toBe(false);
    }
    await store.close();
  });

  test("replaces what has the same id", async () => {
    const store = await open(10);
    await store.put(stored("resp_1", "first"));
    await store.put(stored("resp_1", "second"));
    expect(await store.get("resp_1")).toEqual(stored("resp_1", "second"));
    await store.close();
  });

  test("deletes once", async () => {
    const store = await open(10);
    await store.put(stored("resp_1"));
    expect(await store.delete("resp_1")).toBe(true);
    expect(await store.delete("resp_1")).toBe(false);
    expect(await store.get("resp_1")).toBeUndefined();
    await store.close();
  });

  test("evicts what was put first when it is full; reading does not renew, putting again does", async () => {
    const store = await open(3);
    for (const id of ["resp_1", "resp_2", "resp_3"]) await store.put(stored(id));
    await store.get("resp_2");
    await store.put(stored("resp_1"));
    await store.put(stored("resp_4"));
    const kept = await Promise.all(
      ["resp_1", "resp_2", "resp_3", "resp_4"].map(async (id) => (await store.get(id)) !== undefined),
    );
    expect(kept).toEqual([true, false, true, true]);
    await store.close();
  });

  test("what was put is not changed by what the caller does to it later", async () => {
    const store = await open(10);
    const output: unknown[] = [];
    await store.put({ ...stored("resp_1"), response: { output } });
    output.push("later");
    expect((await store.get("resp_1"))?.response).toEqual({ output: [] });
    await store.close();
  });

  test("closes twice without harm", async () => {
    const store = await open(10);
    await store.close();
    await expect(store.close()).resolves.toBeUndefined();
  });
}
