import { describe, expect, test } from "vitest";

import { ConfigError } from "../../../src/config.ts";
import { readDatabaseUrl } from "../../../src/store/postgres/read-database-url.ts";

const base = "postgres://me:s3cret@db.example:6432/gateway";

describe("the address of a database", () => {
  test.each([
    ["", undefined],
    ["?sslmode=disable", false],
    ["?sslmode=prefer", { rejectUnauthorized: false }],
    ["?sslmode=require", { rejectUnauthorized: false }],
    ["?sslmode=verify-full", {}],
  ])("TLS is as %j says", (query, ssl) => {
    expect(readDatabaseUrl(base + query)).toMatchObject({
      host: "db.example",
      port: 6432,
      user: "me",
      password: "s3cret",
      database: "gateway",
    });
    expect(readDatabaseUrl(base + query).ssl).toEqual(ssl);
  });

  test("of a socket in a folder", () => {
    expect(readDatabaseUrl("postgresql://me@/gateway?host=/run/postgresql")).toMatchObject({
      host: "/run/postgresql",
      database: "gateway",
    });
  });

  test.each([
    ["mysql://me:s3cret@db/gateway", "does not begin with postgres://"],
    ["me:s3cret@db/gateway", "does not begin with postgres://"],
    ["postgres://me:s3cret@db:port/gateway", "can't be understood"],
    ["postgres://me:s3cret@db:99999/gateway", "can't be understood"],
    ["postgres://me:PUT A s3cret HERE@db/gateway", "there is a blank in it, which a URL has as %20"],
    [`${base}?sslmode=s3cret`, "sslmode is none of disable, prefer,"],
    [`${base}?sslmode=verify-ca`, "can't be understood"],
    [`${base}?sslmode=verify-full&sslrootcert=/none/ca.pem`, "/none/ca.pem can't be read"],
  ])("of another kind is refused without showing it: %s", (url, problem) => {
    let thrown: unknown;
    try {
      readDatabaseUrl(url);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    expect(String(thrown)).toContain(problem);
    expect(String(thrown)).toContain("postgres://user:password@host:5432/database");
    expect(String(thrown)).not.toContain("s3cret");
  });
});
