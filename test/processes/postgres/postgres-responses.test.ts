import { describe, expect, test } from "vitest";

import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { responseContract } from "../../store/contract/response-contract.ts";
import { stored } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

describe("responses in PostgreSQL", () => {
  responseContract(async (storedResponses) => {
    const stores = await openStores((await openTestDatabase()).url, { storedResponses });
    return { ...stores.responses, problem: undefined, close: () => stores.close() };
  });

  test("what one process puts, another finds, deletes and counts", async () => {
    const { url, ask } = await openTestDatabase();
    await using one = await openStores(url, { storedResponses: 3 });
    await using other = await openStores(url, { storedResponses: 3 });
    for (const id of ["resp_1", "resp_2", "resp_3"]) await one.responses.put(stored(id));
    expect(await other.responses.get("resp_2")).toEqual(stored("resp_2"));
    await other.responses.put(stored("resp_4"));
    expect(await one.responses.get("resp_1")).toBeUndefined();
    expect(await other.responses.delete("resp_3")).toBe(true);
    expect(await one.responses.get("resp_3")).toBeUndefined();
    expect(await ask("SELECT id FROM gateway.responses ORDER BY place")).toEqual([
      { id: "resp_2" },
      { id: "resp_4" },
    ]);
  });

  test("many that come at once, to several processes, are all kept, and no more than may be", async () => {
    const { url, ask } = await openTestDatabase();
    await using one = await openStores(url, { storedResponses: 20 });
    await using other = await openStores(url, { storedResponses: 20 });
    const all = Array.from({ length: 120 }, (_, index) => index);
    await Promise.all(all.map((index) => (index % 2 ? one : other).responses.put(stored(`resp_${index}`))));
    // Whoever evicted last may not have seen what came while it did.
    await one.responses.put(stored("resp_last"));
    expect(await ask("SELECT count(*)::int AS count FROM gateway.responses")).toEqual([{ count: 20 }]);
    expect(await other.responses.get("resp_last")).toEqual(stored("resp_last"));
  });

  test("keeps what PostgreSQL can't keep as text, since it is JSON", async () => {
    await using stores = await openStores((await openTestDatabase()).url);
    await stores.responses.put(stored("resp_1", "\0 \uD800 🌊"));
    expect(await stores.responses.get("resp_1")).toEqual(stored("resp_1", "\0 \uD800 🌊"));
  });
});
