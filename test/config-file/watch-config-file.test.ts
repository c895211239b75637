import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readConfig } from "../../src/config.ts";
import type { GatewayConfiguration } from "../../src/config-file/configuration.ts";
import { describeMistakes } from "../../src/config-file/mistake.ts";
import { readConfigFile } from "../../src/config-file/read-config-file.ts";
import { watchConfigFile, type ConfigFileWatch } from "../../src/config-file/watch-config-file.ts";

let folder: string;
let watch: ConfigFileWatch | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "watch-config-"));
});
afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true });
});

const named = (name: string) => `upstreams: [{ name: ${name}, type: ollama }]\n`;

/** A watch whose news are awaited; its timers expire when the operating system has told of a change. */
function start(path: string) {
  const news: string[] = [];
  let wake: (() => void) | undefined;
  const tell = (text: string) => {
    news.push(text);
    wake?.();
  };
  const options = {
    path,
    environment: {},
    settings: readConfig({}),
  };
  const timers = new Set<() => void>();
  watch = watchConfigFile({
    ...options,
    current: readConfigFile(options),
    onChange: (configuration: GatewayConfiguration) =>
      tell(configuration.upstreams.map(({ name }) => name).join()),
    onMistakes: (mistakes) => tell(describeMistakes(mistakes).join("; ").replaceAll(`${folder}/`, "")),
    onBlind: (blind) => tell(`blind: ${blind.replace(folder, "")}`),
    // In the next turn of the loop: what one write brings about is over then, or comes with the next event.
    startTimer(_, expire) {
      timers.add(expire);
      setImmediate(() => {
        if (timers.delete(expire)) expire();
      });
      return () => void timers.delete(expire);
    },
  });
  return {
    news,
    watch,
    timers,
    /** Resolves when this was told. */
    hear: async (text: string) => {
      while (!news.includes(text)) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

describe("watchConfigFile", () => {
  it("gives what is written in place, and what an editor puts in its place", async () => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, named("one"));
    const { hear, news } = start(path);
    writeFileSync(path, named("two"));
    await hear("two");
    for (const name of ["three", "four"]) {
      writeFileSync(`${path}.tmp`, named(name));
      renameSync(`${path}.tmp`, path);
      await hear(name);
    }
    expect(news.filter((text) => /^(?:two|three|four)$/.test(text))).toEqual(["two", "three", "four"]);
  });

  it("follows the links of a mounted volume, also the second time", async () => {
    const path = join(folder, "gateway.yaml");
    const publish = (name: string) => {
      mkdirSync(join(folder, `..${name}`));
      writeFileSync(join(folder, `..${name}`, "gateway.yaml"), named(name));
      symlinkSync(`..${name}`, join(folder, "..data_tmp"));
      renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    };
    publish("one");
    symlinkSync("..data/gateway.yaml", path);
    const { hear, news } = start(path);
    publish("two");
    await hear("two");
    rmSync(join(folder, "..one"), { recursive: true });
    publish("three");
    await hear("three");
    expect(news).toEqual(["two", "three"]);
  });

  it("follows a link into another folder, and secrets", async () => {
    for (const name of ["etc", "run"]) mkdirSync(join(folder, name));
    const key = join(folder, "run/key");
    writeFileSync(key, "first");
    const source = (name: string) => `upstreams: [{ name: ${name}, type: vllm, api_key: "\${file:${key}}" }]`;
    writeFileSync(join(folder, "etc/real.yaml"), source("one"));
    symlinkSync("etc/real.yaml", join(folder, "gateway.yaml"));
    const { hear } = start(join(folder, "gateway.yaml"));
    writeFileSync(key, "second");
    await hear("one");
    writeFileSync(join(folder, "etc/real.yaml"), source("two"));
    await hear("two");
  });

  it("tells what is wrong or gone, and keeps what was", async () => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, named("one"));
    const { hear, news } = start(path);
    const put = (text: string) => {
      writeFileSync(`${path}.tmp`, text);
      renameSync(`${path}.tmp`, path);
    };
    put("upstreams: 1");
    await hear("gateway.yaml:1:12: `upstreams` must be a list.");
    rmSync(path);
    await hear("gateway.yaml: does not exist.");
    put(named("two"));
    await hear("two");
    expect(news).toEqual([
      "gateway.yaml:1:12: `upstreams` must be a list.",
      "gateway.yaml: does not exist.",
      "two",
    ]);
  });

  it("reads at once when it is asked to, and tells nothing of what is the same", () => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, named("one"));
    const { watch: watched, news } = start(path);
    expect(watched.reload()).toBe("same");
    writeFileSync(path, named("two"));
    expect(watched.reload()).toBe("changed");
    writeFileSync(path, "");
    expect(watched.reload()).toBe("wrong");
    expect(watched.reload()).toBe("wrong");
    expect(news).toHaveLength(3);
    expect(news[0]).toBe("two");
  });

  it("says once that a folder can't be watched, and sees it later", async () => {
    const path = join(folder, "later/gateway.yaml");
    const { watch: watched, news, hear } = start(path);
    expect(watched.reload()).toBe("wrong");
    expect(news).toEqual(["blind: /later", "later/gateway.yaml: does not exist."]);
    mkdirSync(join(folder, "later"));
    writeFileSync(path, named("one"));
    expect(watched.reload()).toBe("changed");
    writeFileSync(path, named("two"));
    await hear("two");
  });

  it("tells nothing after close", () => {
    const path = join(folder, "gateway.yaml");
    writeFileSync(path, named("one"));
    const { watch: watched, news, timers } = start(path);
    watched.close();
    expect(timers.size).toBe(0);
    writeFileSync(path, named("two"));
    expect(watched.reload()).toBe("same");
    expect(news).toEqual([]);
  });
});
