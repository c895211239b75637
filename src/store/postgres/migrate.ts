import { Client, type ClientConfig } from "pg";

import { ConfigError } from "../../config.ts";
import { describeFailure } from "./postgres-error.ts";
import { migrations } from "./schema/index.ts";

/** Any number that no other program takes its locks by. */
const lockNumber = 7_261_658_571;

/** Others may be at it, and their work has to end first; in ms. */
const patienceMs = 120_000;

/**
 * Brings the schema `gateway` to the version of this program, once, however many programs start at the same time: under a lock that
 * ends with its transaction, and so is kept by a pooler too. What is newer than this program is left alone, and refused by
 * `ConfigError`, since nobody knows what it means.
 */
export async function migrate(config: ClientConfig): Promise<void> {
  const client = new Client({ ...config, application_name: "akashchat-api", query_timeout: patienceMs });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query(
      `BEGIN; SET LOCAL statement_timeout = ${patienceMs}; SET LOCAL lock_timeout = ${patienceMs}`,
    );
    await client.query(`SELECT pg_advisory_xact_lock(${lockNumber})`);
    const version = await readVersion(client);
    if (version > migrations.length)
      throw new ConfigError([
        `DATABASE_URL: the database is of a newer version of this program (its schema is ${version}, ours ${migrations.length}). ` +
          "Start that version, or give this one another database.",
      ]);
    for (const [index, sql] of migrations.slice(version).entries()) {
      await client.query(sql);
      await client.query("INSERT INTO gateway.migrations (version) VALUES ($1)", [version + index + 1]);
    }
    await client.query("COMMIT");
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([
      `DATABASE_URL: the tables can't be made: ${describeFailure(error)}. ` +
        "The role needs the right to create a schema in the database, or to own the schema gateway (docs/database.md).",
    ]);
  } finally {
    // What is not committed is rolled back.
    await client.end();
  }
}

/** How many migrations were made; makes the place where that is written. */
async function readVersion(client: Client): Promise<number> {
  const { rows } = await client.query<{ schema: boolean; list: boolean }>(
    "SELECT to_regnamespace('gateway') IS NOT NULL AS schema, to_regclass('gateway.migrations') IS NOT NULL AS list",
  );
  if (rows[0]?.schema !== true) await client.query("CREATE SCHEMA gateway");
  if (rows[0]?.list !== true)
    await client.query(
      "CREATE TABLE gateway.migrations (version integer PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())",
    );
  const version = await client.query<{ version: number | null }>(
    "SELECT max(version) AS version FROM gateway.migrations",
  );
  return version.rows[0]?.version ?? 0;
}
