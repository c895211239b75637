import { inspect } from "node:util";
import { describe, expect, test } from "vitest";

import { ConfigError } from "../../../src/config.ts";
import { migrations } from "../../../src/store/postgres/schema/index.ts";
import { openTestDatabase } from "../../support/postgres/open-test-database.ts";
import { certificateFile, postgresPassword, startPostgres } from "../../support/postgres/start-postgres.ts";
import { startStrictPooler } from "../../support/postgres/start-strict-pooler.ts";
import { limitOf, requestFor } from "../../store/contract/engine.ts";
import { recordWatch } from "../../store/open-store.ts";
import { openStores } from "./open-engine.ts";

const versions = migrations.map((_, index) => ({ version: index + 1 }));
const versionsSql = "SELECT version FROM gateway.migrations ORDER BY version";

/** What opening rejects with; it never shows the password. */
async function failureOf(url: string): Promise<string> {
  const [outcome] = await Promise.allSettled([openStores(url)]);
  if (outcome.status === "fulfilled") throw new Error("it opened");
  expect(outcome.reason).toBeInstanceOf(ConfigError);
  expect(inspect(outcome.reason, { depth: 9, showHidden: true })).not.toContain(postgresPassword);
  return String(outcome.reason);
}

describe("tables", () => {
  test("are made once, however many processes start at the same time on a new database", async () => {
    const { url, ask } = await openTestDatabase();
    const processes = await Promise.all([1, 2, 3, 4].map(() => openStores(url)));
    expect(await ask(versionsSql)).toEqual(versions);
    await Promise.all(processes.map((stores) => stores.close()));
    await (await openStores(url)).close();
    expect(await ask(versionsSql)).toEqual(versions);
  });

  test("of a newer version of the program are left alone, and refused", async () => {
    const { url, ask } = await openTestDatabase();
    await (await openStores(url)).close();
    await ask("INSERT INTO gateway.migrations (version) VALUES ($1)", [migrations.length + 1]);
    expect(await failureOf(url)).toMatch(/DATABASE_URL: the database is of a newer version of this program/);
    expect(await ask(versionsSql)).toHaveLength(migrations.length + 1);
  });

  test("need the right to make them, or a schema of one's own", async () => {
    const { url, name, ask } = await openTestDatabase();
    await ask(`CREATE ROLE weak_${name} LOGIN PASSWORD '${postgresPassword}'`);
    const weak = url.replace("operator", `weak_${name}`);
    expect(await failureOf(weak)).toMatch(/permission denied .* right to create a schema/);
    expect(await ask("SELECT to_regnamespace('gateway')")).toEqual([{ to_regnamespace: null }]);
    await ask(`CREATE SCHEMA gateway AUTHORIZATION weak_${name}`);
    await using stores = await openStores(weak);
    const limit = limitOf("budget", 10);
    expect(await stores.limits.reserve(requestFor([[limit, 10]]))).toBeUndefined();
  });
});

test("gateways that share a database have one secret, now and after a restart", async () => {
  const { url } = await openTestDatabase();
  const processes = await Promise.all([1, 2, 3].map(() => openStores(url)));
  const secrets = await Promise.all(processes.map((stores, index) => stores.shareSecret(`secret ${index}`)));
  expect(new Set(secrets).size).toBe(1);
  await Promise.all(processes.map((stores) => stores.close()));
  await using again = await openStores(url);
  expect(await again.shareSecret("another")).toBe(secrets[0]);
});

describe("a database that can't be used is named, but not its password", () => {
  test("where nobody listens", async () => {
    const { server } = await openTestDatabase();
    expect(await failureOf(server.url("postgres", 1))).toMatch(
      /DATABASE_URL: the database can't be used: .*ECONNREFUSED/,
    );
  });

  test("with a wrong password", async () => {
    const { url } = await openTestDatabase();
    expect(await failureOf(url.replace(postgresPassword, `${postgresPassword}x`))).toMatch(
      /password authentication failed/,
    );
  });

  test("where there is no such database", async () => {
    const { server } = await openTestDatabase();
    expect(await failureOf(server.url("none"))).toMatch(/database "none" does not exist/);
  });
});

test("a pooler that takes no time-outs is told of, and everything works behind it", async () => {
  const { server, name } = await openTestDatabase();
  await using pooler = await startStrictPooler(server.port);
  const log = recordWatch();
  const { error, info } = log.options.log;
  await using stores = await openStores(server.url(name, pooler.port), { log: { error, info, warn: error } });
  expect(log.lines).toMatchObject([{ text: expect.stringContaining("ALTER ROLE … SET statement_timeout") }]);
  const limit = limitOf("budget", 10);
  const request = requestFor([[limit, 10]]);
  expect(await stores.limits.reserve(request)).toBeUndefined();
  stores.limits.settle(request.id, { tokens: 9, nanoUsd: 0 });
  await stores.limits.flush();
  expect(await stores.limits.look([limit])).toMatchObject([{ used: 9, held: 0 }]);
});

test("with TLS, as strictly as the address says", async () => {
  const server = await startPostgres({ tls: true });
  try {
    const { url, ask } = await openTestDatabase(server);
    const byName = url.replace("127.0.0.1", "localhost");
    const trusted = `&sslrootcert=${certificateFile}`;
    const encryptedSql =
      "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'akashchat-api'";
    await using stores = await openStores(`${url}?sslmode=require`);
    expect(await stores.keys.list()).toEqual([]);
    expect(await ask(encryptedSql)).toEqual([{ ssl: true }]);
    expect(await failureOf(`${byName}?sslmode=verify-full`)).toMatch(/self-signed certificate/);
    expect(await failureOf(`${url}?sslmode=verify-full${trusted}`)).toMatch(/does not match certificate/);
    await (await openStores(`${byName}?sslmode=verify-full${trusted}`)).close();
    await (await openStores(`${url}?sslmode=verify-ca${trusted}`)).close();
  } finally {
    await server.close();
  }
});
