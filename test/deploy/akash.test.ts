import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

import { readDockerfile } from "../../scripts/read-dockerfile.ts";
import { readConfig } from "../../src/config.ts";
import { findLooseNames, readEnvironment, sdlSchema } from "./sdl.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
describe("deploy/akash.sdl.yml", () => {
  const sdl = sdlSchema.parse(parse(readFileSync(join(root, "deploy/akash.sdl.yml"), "utf8")));
  const service = sdl.services["akashchat-api"];
  const resources = sdl.profiles.compute["akashchat-api"]?.resources;
  const environment = readEnvironment(service?.env ?? []);
  const withKey = { ...environment, BEARER_TOKEN: "a-key" };

  test("names fit each other", () => {
    expect(findLooseNames(sdl)).toEqual([]);
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
    expect(service?.params?.storage).toEqual({
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
    expect(expose?.http_options?.max_body_size).toBe(config.BODY_LIMIT_BYTES);
    expect(expose?.port).toBe(16_571);
    // Streams live on heartbeats, and pass two of them at least.
    expect(config.HEARTBEAT_MS * 2).toBeLessThan(expose?.http_options?.read_timeout ?? 0);
  });

  test("names an image by the version of this program, in the form that the Dockerfile has for Akash", () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    expect(service?.image).toBe(`ghcr.io/OWNER/akashchat-api:${version}-akash`);
    expect(readDockerfile(root).some(({ name }) => name === "akash")).toBe(true);
  });
});
