import { openPostgresStores, type PostgresStores } from "../../../src/store/postgres/open-postgres-stores.ts";
import type { PostgresStoresOptions } from "../../../src/store/postgres/open-postgres-stores.ts";
import { startRealTimer } from "../../../src/stream/real-timer.ts";
import type { TestDatabase } from "../../support/postgres/open-test-database.ts";
import type { OpenEngine } from "../../store/contract/engine.ts";
import { recordWatch } from "../../store/open-store.ts";

/** Opens the stores of a database with what most tests want of them. */
export function openStores(
  url: string,
  more: Partial<PostgresStoresOptions> = {},
): Promise<PostgresStores & AsyncDisposable> {
  const { log } = recordWatch().options;
  return openPostgresStores({
    url,
    log: { ...log, warn: log.error },
    now: () => performance.now(),
    startTimer: startRealTimer,
    storedResponses: 1000,
    ledgerDays: 30,
    onFailure: "refuse",
    ...more,
  }).then((stores) => Object.assign(stores, { [Symbol.asyncDispose]: () => stores.close() }));
}

/** Has the counters of a database follow a clock, which is put by what this resolves with. */
async function giveClock({ ask }: TestDatabase): Promise<(at: number) => Promise<unknown>> {
  await ask(`
    CREATE TABLE IF NOT EXISTS test_clock (at bigint NOT NULL);
    DELETE FROM test_clock; INSERT INTO test_clock VALUES (0);
    CREATE OR REPLACE FUNCTION gateway.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS 'SELECT at FROM public.test_clock'`);
  let put: { readonly at: number; readonly done: Promise<unknown> } | undefined;
  return (at) => {
    if (put?.at !== at) put = { at, done: ask("UPDATE test_clock SET at = $1", [at]) };
    return put.done;
  };
}

/** Opens engines on one database, one after the other, each without keys. What is settled is settled by `flush`, at the clock's time then. */
export function engineOpener(openDatabase: () => Promise<TestDatabase>): OpenEngine {
  return async (now) => {
    const database = await openDatabase();
    const stores = await openStores(database.url, { startTimer: () => () => {} });
    const setClock = await giveClock(database);
    return {
      keys: stores.keys,
      limits: {
        async reserve(reservation) {
          await setClock(now());
          return stores.limits.reserve(reservation);
        },
        settle: (id, spent) => stores.limits.settle(id, spent),
        async look(limits) {
          await setClock(now());
          return stores.limits.look(limits);
        },
        forget: (ids) => stores.limits.forget(ids),
        async flush() {
          await setClock(now());
          await stores.limits.flush();
        },
      },
      async [Symbol.asyncDispose]() {
        await stores.close();
        await database.ask("TRUNCATE gateway.keys, gateway.budgets");
      },
    };
  };
}
