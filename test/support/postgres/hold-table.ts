import { Client } from "pg";

/** Stands in the way of whoever wants to write to a table, as a migration of somebody's does, until what it resolves with is called. */
export async function holdTable(url: string, table: string): Promise<() => Promise<void>> {
  const client = new Client(url);
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  return () => client.end();
}
