import type { PoolConfig } from "pg";
import { parse, toClientConfig } from "pg-connection-string";

import { ConfigError } from "../../config.ts";

const modes = ["disable", "prefer", "require", "verify-ca", "verify-full"];

/** What an address in another way than this would mean is told without it: there is a password in it. */
function refuse(problem: string): ConfigError {
  return new ConfigError([
    `DATABASE_URL: ${problem}. Write postgres://user:password@host:5432/database, if need be with ?sslmode=verify-full.`,
  ]);
}

/**
 * What a connection needs of the address of a database. `sslmode` means what it means to PostgreSQL's own programs
 * (https://www.postgresql.org/docs/current/libpq-ssl.html), but for `prefer`, which is `require` here; without it there is no TLS.
 * Throws `ConfigError`, which shows nothing of the address.
 */
export function readDatabaseUrl(url: string): PoolConfig {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw refuse("it does not begin with postgres://");
  // The library would take it, and with it what stands in an example where a password belongs.
  if (/\s/.test(url)) throw refuse("there is a blank in it, which a URL has as %20");
  let parsed;
  try {
    parsed = parse(url, { useLibpqCompat: true });
  } catch (error) {
    // The file of a certificate, which is no secret, or the form of the address, of which nothing is told.
    const file: unknown = Reflect.get(Object(error), "path");
    throw refuse(typeof file === "string" ? `${file} can't be read` : "it can't be understood");
  }
  const mode = Reflect.get(parsed, "sslmode");
  if (mode !== undefined && !modes.some((known) => known === mode))
    throw refuse(`sslmode is none of ${modes.join(", ")}`);
  return toClientConfig(parsed);
}
