import type { Logger } from "pino";
import { Client, type ClientConfig } from "pg";

import { ConfigError } from "../../config.ts";
import { describeFailure } from "./postgres-error.ts";
import { readDatabaseUrl } from "./read-database-url.ts";

/** A database that was there. */
export interface DatabaseAddress {
  /** Holds the password. */
  readonly config: ClientConfig;
  /** Whether a connection may bring time-outs with it: a pooler between may refuse that. */
  readonly takesSettings: boolean;
}

/** The oldest version of PostgreSQL that is still maintained; older ones are not tried. */
const oldestVersion = 14;

const connectMs = 5000;

/** Connects for once. */
async function tryConnect(config: ClientConfig): Promise<number> {
  const client = new Client(config);
  // What happens to it later than `connect` shows in the question.
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ server_version_num: string }>("SHOW server_version_num");
    return Math.floor(Number(rows[0]?.server_version_num) / 10_000);
  } finally {
    await client.end();
  }
}

/**
 * Looks whether the database is there, and through what. Throws `ConfigError`, which says what is wrong and shows nothing of the
 * address but what PostgreSQL itself says (host, user and database, never the password).
 */
export async function findDatabase(url: string, log: Pick<Logger, "warn">): Promise<DatabaseAddress> {
  const address = readDatabaseUrl(url);
  const config = {
    ...address,
    application_name: "akashchat-api",
    connectionTimeoutMillis: connectMs,
    query_timeout: connectMs,
  };
  const found = async () => {
    try {
      await checkVersion({ ...config, statement_timeout: connectMs });
      return { config: address, takesSettings: true };
    } catch (error) {
      if (!(error instanceof Error && error.message.includes("startup parameter"))) throw error;
    }
    await checkVersion(config);
    log.warn(
      "the pooler before the database takes no time-outs; give them to the role: " +
        "ALTER ROLE … SET statement_timeout = '30s'; ALTER ROLE … SET idle_in_transaction_session_timeout = '5s' (docs/database.md)",
    );
    return { config: address, takesSettings: false };
  };
  try {
    return await found();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`DATABASE_URL: the database can't be used: ${describeFailure(error)}`]);
  }
}

async function checkVersion(config: ClientConfig): Promise<void> {
  const version = await tryConnect(config);
  if (version < oldestVersion)
    throw new ConfigError([
      `DATABASE_URL: this is PostgreSQL ${version}, and ${oldestVersion} or newer is needed.`,
    ]);
}
