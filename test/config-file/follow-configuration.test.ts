import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { followConfiguration } from "../../src/config-file/follow-configuration.ts";
import { loadConfiguration } from "../../src/config-file/load-configuration.ts";
import { readConfig } from "../../src/config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "follow-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const named = (name: string) => `upstreams: [{ name: ${name}, type: ollama }]\n`;
const write = (text: string) => writeFileSync(join(folder, "gateway.yaml"), text);

/** Follows the file of the folder; only `reload` reads it. Everything that is told, in order. */
function follow(environment: Record<string, string> = {}) {
  const told: string[] = [];
  const tell = (level: string) => (fields: object, text: string) =>
    void told.push(`${level} ${String(Reflect.get(fields, "event"))}: ${text.replaceAll(`${folder}/`, "")}`);
  const followed = followConfiguration(loadConfiguration(readConfig(environment), environment, folder), {
    log: { info: tell("info"), warn: tell("warn"), error: tell("error") },
    startTimer: () => () => {},
    onChange: ({ upstreams }) => void told.push(`now ${upstreams.map(({ name }) => name).join()}`),
  });
  onTestFinished(() => followed.close());
  return { reload: () => followed.reload(), told };
}

describe("followConfiguration", () => {
  it("tells warnings at the start, and has nothing to read again without a file", () => {
    const { reload, told } = follow({ COMPATIBLE_API_KEY: "k" });
    expect(told).toEqual([
      "warn config-warning: COMPATIBLE_API_KEY: is not used: it belongs to no server. Set COMPATIBLE_BASE_URL, too.",
    ]);
    expect(reload()).toBe("no-file");
  });

  it("gives what changed, and leaves all as it was while the file is wrong", () => {
    write(named("one"));
    const { reload, told } = follow();
    expect(reload()).toBe("same");
    expect(told).toEqual([]);
    write(named("two") + "aliases: { a: two }\nupstreams: []");
    expect(reload()).toBe("wrong");
    write(`${named("two")}models: { fast: [two/*] }\naliases: { a: fasst }\n`);
    expect(reload()).toBe("changed");
    expect(told).toEqual([
      "error config-wrong: gateway.yaml is wrong now, so nothing changes: gateway.yaml:2:15: `two` is an upstream. Write two/* or two/ and a model. gateway.yaml:3:1: This key stands here a second time. Keep one of them.",
      "info config-changed: gateway.yaml changed: two",
      "warn config-warning: gateway.yaml:3:15: `fasst` is neither a name of `models` nor upstream/model, so it is taken for a model's id. Did you mean `fast`?",
      "now two",
    ]);
  });
});
