import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runConnect, type Run } from "../support/run-connect.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const key = "only-for-us";

let stack: Stack;
let home: string;

beforeAll(async () => {
  stack = await startStack({ env: { BEARER_TOKEN: key } });
  home = await mkdtemp(join(tmpdir(), "connect-write-"));
});

afterAll(async () => {
  await stack.close();
  await rm(home, { recursive: true });
});

const connect = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
  runConnect({ url: stack.url, home, key }, args, environment);

describe("connect claude-code --write --yes", () => {
  test("keeps what its user has forbidden already", async () => {
    const path = join(home, ".claude", "settings.json");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      JSON.stringify({ permissions: { deny: ["Read(.env)", "WebFetch"], allow: ["Edit"] } }),
    );
    expect(await connect(["claude-code", "--write", "--yes"])).toMatchObject({ code: 0, stderr: "" });
    const { permissions } = JSON.parse(await readFile(path, "utf8")) as {
      permissions: { deny: string[]; allow: string[] };
    };
    expect(permissions.allow).toEqual(["Edit"]);
    expect(permissions.deny).toContain("Read(.env)");
    expect(permissions.deny.filter((name) => name === "WebFetch")).toHaveLength(1);
    expect(permissions.deny).toContain("WebSearch");
  });
});

test("connect qwen-code --write keeps models of others in the list of models, and replaces its own", async () => {
  const own = join(home, "models");
  const path = join(own, ".qwen", "settings.json");
  await mkdir(dirname(path), { recursive: true });
  const mine = { id: "mine", baseUrl: "https://models.example/v1", envKey: "MY_KEY" };
  await writeFile(path, JSON.stringify({ modelProviders: { openai: [mine] } }));
  for (const model of ["Kimi-K2-Instruct", "DeepSeek-V3.2"]) {
    const run = await connect(["qwen-code", "--write", "--yes", "--model", model], { HOME: own });
    expect(run).toMatchObject({ code: 0, stderr: "" });
  }
  const { modelProviders } = JSON.parse(await readFile(path, "utf8")) as {
    modelProviders: { openai: { id: string }[] };
  };
  const [first, ...others] = modelProviders.openai;
  expect(first).toEqual(mine);
  expect(others[0]?.id).toBe("DeepSeek-V3.2");
  expect(new Set(others.map(({ id }) => id)).size).toBe(others.length);
});

/** All files of a folder with their text, but the copies. */
async function filesIn(folder: string): Promise<Record<string, unknown>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter(
    (entry) => entry.isFile() && !/\.bak/.test(entry.name),
  );
  const files = names.map(async ({ parentPath, name }): Promise<[string, unknown]> => {
    const text = await readFile(join(parentPath, name), "utf8");
    return [join(parentPath, name).slice(folder.length), name.endsWith(".json") ? JSON.parse(text) : text];
  });
  return Object.fromEntries(await Promise.all(files));
}

describe("connect --write in another size leaves nothing of the one before", () => {
  const own: Readonly<Record<string, string>> = {
    "claude-code": JSON.stringify({
      theme: "dark",
      permissions: { deny: ["Read(.env)"] },
      env: { MINE: "1" },
    }),
    opencode: JSON.stringify({ theme: "nord", permission: { bash: "ask" } }),
    pi: JSON.stringify({ providers: { mine: { baseUrl: "http://localhost" } } }),
    "qwen-code": JSON.stringify({ permissions: { deny: ["mine"] }, context: { fileName: ["MINE.md"] } }),
  };
  const paths: Readonly<Record<string, string>> = {
    "claude-code": ".claude/settings.json",
    codex: ".codex/config.toml",
    continue: ".continue/config.yaml",
    opencode: ".config/opencode/opencode.json",
    pi: ".pi/agent/models.json",
    "qwen-code": ".qwen/settings.json",
  };

  test.for(Object.keys(paths))("%s", { timeout: 60_000 }, async (client) => {
    const [stepwise, direct] = [join(home, `${client}-stepwise`), join(home, `${client}-direct`)];
    const write = async (folder: string, ...sizes: readonly string[]) => {
      const path = join(folder, paths[client] ?? "");
      await mkdir(dirname(path), { recursive: true });
      if (own[client] !== undefined) await writeFile(path, own[client]);
      for (const size of sizes) {
        const args = [client, "--write", "--yes", ...(size === "default" ? [] : [`--${size}`])];
        expect(await connect(args, { HOME: folder })).toMatchObject({ code: 0, stderr: "" });
      }
      return await filesIn(folder);
    };
    const others = { small: ["default", "full"], default: ["full", "small"], full: ["default", "small"] };
    for (const [size, before] of Object.entries(others)) {
      expect(await write(stepwise, ...before, size)).toEqual(await write(direct, size));
      await rm(stepwise, { recursive: true });
      await rm(direct, { recursive: true });
    }
  });

  test("what a user forbids himself stays, though a size forbids it, too", async () => {
    const path = join(home, "before", ".claude", "settings.json");
    await mkdir(dirname(path), { recursive: true });
    const mine = {
      permissions: { deny: ["WebFetch"], disableAutoMode: "disable" },
      attribution: { commit: "", pr: "" },
    };
    await writeFile(path, JSON.stringify(mine));
    await connect(["claude-code", "--write", "--yes", "--full"], { HOME: join(home, "before") });
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject(mine);
  });
});

test("connect --write never overwrites a copy of what was there", async () => {
  const path = join(home, "copies", ".qwen", "settings.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{"mine":1}');
  const write = (...args: string[]) =>
    connect(["qwen-code", "--write", "--yes", ...args], { HOME: join(home, "copies") });
  await write();
  const first = await readFile(path, "utf8");
  await write("--small");
  // Nothing changes, so there is nothing to keep.
  await write("--small");
  expect(await readFile(`${path}.bak`, "utf8")).toBe('{"mine":1}');
  expect(await readFile(`${path}.bak.2`, "utf8")).toBe(first);
  expect(await readdir(dirname(path))).toHaveLength(3);
});

describe("connect opencode --write --yes", () => {
  test("makes the file, merges into it, and keeps a copy of the old one", async () => {
    const path = join(home, ".config", "opencode", "opencode.json");
    const first = await connect(["opencode", "--write", "--yes"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    // It holds a key: nobody else may read it.
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    const written = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    expect(written).toMatchObject({
      model: "akash/DeepSeek-V3.2",
      provider: { akash: { options: { baseURL: `${stack.url}/v1`, apiKey: key } } },
    });

    const old = `${JSON.stringify({ theme: "nord", model: "other/model", provider: { other: { name: "Other" } } })}\n`;
    await writeFile(path, old);
    const second = await connect(["opencode", "--write", "--yes"]);
    expect(second).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({
      ...written,
      theme: "nord",
      provider: { ...(written["provider"] as object), other: { name: "Other" } },
    });
    expect(await readFile(`${path}.bak`, "utf8")).toBe(old);
  });
});
