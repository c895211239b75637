import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { readDockerfile } from "../../scripts/read-dockerfile.ts";
import { readConfig } from "../../src/config.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = z.int().min(1).max(65_535);
const size = z.string().regex(/^\d+(?:\.\d+)?[KMGT]i$/);
/** The proxy of a provider allows no more, and refuses a manifest that asks for it. */
const milliseconds = z.int().min(0).max(60_000);

/**
 * The fields of an SDL 2.0 that we use, as `sdl-schema.yaml` of Akash's own SDK has them. That SDK is 73 MB; what it
 * can't say (that names fit each other) is below.
 */
const sdlSchema = z.strictObject({
  version: z.enum(["2.0", "2.1"]),
  services: z.record(
    z.string(),
    z.strictObject({
      image: z.string().min(1),
      env: z.array(z.string().regex(/^[A-Z_]+=/)),
      expose: z.array(
        z.strictObject({
          port,
          as: port,
          to: z.array(z.strictObject({ global: z.boolean() })),
          http_options: z.strictObject({
            max_body_size: z.int().min(0).max(104_857_600),
            read_timeout: milliseconds,
            send_timeout: milliseconds,
          }),
        }),
      ),
      params: z.strictObject({
        storage: z.record(
          z.string(),
          z.strictObject({ mount: z.string().startsWith("/"), readOnly: z.boolean() }),
        ),
      }),
    }),
  ),
  profiles: z.strictObject({
    compute: z.record(
      z.string(),
      z.strictObject({
        resources: z.strictObject({
          cpu: z.strictObject({ units: z.number().positive() }),
          memory: z.strictObject({ size }),
          storage: z.array(
            z.strictObject({
              size,
              name: z.string().optional(),
              attributes: z.strictObject({ persistent: z.literal(true), class: z.string() }).optional(),
            }),
          ),
        }),
      }),
    ),
    placement: z.record(
      z.string(),
      z.strictObject({
        pricing: z.record(
          z.string(),
          z.strictObject({ denom: z.string().regex(/^(?:uakt|uact|ibc\/.*)$/), amount: z.number().min(0) }),
        ),
      }),
    ),
  }),
  deployment: z.record(
    z.string(),
    z.record(z.string(), z.strictObject({ profile: z.string(), count: z.int().min(1) })),
  ),
});

describe("deploy/akash.sdl.yml", () => {
  const sdl = sdlSchema.parse(parse(readFileSync(join(root, "deploy/akash.sdl.yml"), "utf8")));
  const service = sdl.services["akashchat-api"];
  const resources = sdl.profiles.compute["akashchat-api"]?.resources;
  const environment = Object.fromEntries(
    (service?.env ?? []).map((entry) => [
      entry.slice(0, entry.indexOf("=")),
      entry.slice(entry.indexOf("=") + 1),
    ]),
  );
  const withKey = { ...environment, BEARER_TOKEN: "a-key" };

  test("names fit each other", () => {
    const [name] = Object.keys(sdl.services);
    expect(Object.keys(sdl.deployment)).toEqual([name]);
    for (const [place, { profile }] of Object.entries(sdl.deployment[name ?? ""] ?? {})) {
      expect(sdl.profiles.compute[profile]).toBeDefined();
      expect(sdl.profiles.placement[place]?.pricing[profile]).toBeDefined();
    }
  });

  test("is paid in ACT, the only thing that gets bids", () => {
    const prices = Object.values(sdl.profiles.placement).flatMap(({ pricing }) => Object.values(pricing));
    expect(prices.map(({ denom }) => denom)).toEqual(["uact"]);
  });

  test("keeps DATA_DIR in a persistent volume that has room for all stored responses", () => {
    const volumes = resources?.storage.filter(({ name }) => name !== undefined);
    expect(volumes).toEqual([
      { name: "data", size: "2Gi", attributes: { persistent: true, class: "beta3" } },
    ]);
    expect(service?.params.storage).toEqual({
      data: { mount: readConfig(withKey).DATA_DIR, readOnly: false },
    });
  });

  test("starts only with a key of one's own", () => {
    expect(() => readConfig(environment)).toThrow("BEARER_TOKEN");
    expect(readConfig(withKey)).toBeDefined();
  });

  test("sets only settings, and lets in what the gateway takes", () => {
    const config = readConfig(withKey);
    expect(Object.keys(environment).filter((name) => !(name in config))).toEqual([]);
    const [expose] = service?.expose ?? [];
    expect(expose?.http_options.max_body_size).toBe(config.BODY_LIMIT_BYTES);
    expect(expose?.port).toBe(16_571);
    // Streams live on heartbeats, and pass two of them at least.
    expect(config.HEARTBEAT_MS * 2).toBeLessThan(expose?.http_options.read_timeout ?? 0);
  });

  test("names an image by the version of this program, in the form that the Dockerfile has for Akash", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(service?.image).toBe(`ghcr.io/OWNER/akashchat-api:${version}-akash`);
    expect(readDockerfile(root).some(({ name }) => name === "akash")).toBe(true);
  });
});
