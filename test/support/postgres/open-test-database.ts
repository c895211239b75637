import { Client, type QueryResult } from "pg";

import { startPostgres, type PostgresServer } from "./start-postgres.ts";

/** One server for all test files of a worker, which share their modules: it ends with the worker. */
let shared: Promise<PostgresServer> | undefined;
let count = 0;

/** A new, empty database on a server that others use too. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  readonly server: PostgresServer;
  /** Asks it as an operator would, past the gateway. */
  readonly ask: (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
}

/** Asks any database once, on a connection of its own. */
export async function askDatabase(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(url);
  await client.connect();
  try {
    // Rows of several statements come as a list of results: the last one's count.
    const result: QueryResult | QueryResult[] = await client.query(sql, [...values]);
    return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
  } finally {
    await client.end();
  }
}

/** Makes a database of a server, by default of the shared one. */
export async function openTestDatabase(server?: PostgresServer): Promise<TestDatabase> {
  const own = server ?? (await (shared ??= startPostgres()));
  count += 1;
  const name = `test_${count}`;
  await askDatabase(own.url("postgres"), `CREATE DATABASE ${name}`);
  const url = own.url(name);
  return { name, url, server: own, ask: (sql, values) => askDatabase(url, sql, values) };
}
