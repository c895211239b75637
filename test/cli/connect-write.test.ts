import { chmod, lstat, mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import { sizes, type Size } from "../../src/cli/connect/client.ts";
import { replaceFile } from "../../src/cli/connect/replace-file.ts";

import { useGatewayAndHome } from "../support/use-gateway-and-home.ts";

const key = "only-for-us";

const given = useGatewayAndHome({ BEARER_TOKEN: key });
const { connect } = given;

describe("connect claude-code --write --yes", () => {
  test("keeps what its user has forbidden already", async () => {
    const path = join(given.home, ".claude", "settings.json");
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
  const own = join(given.home, "models");
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

async function writeIn(client: string, size: Size, folder: string): Promise<void> {
  const args = [client, "--write", "--yes", ...(size === "default" ? [] : [`--${size}`])];
  expect(await connect(args, { HOME: folder, USERPROFILE: folder })).toMatchObject({ code: 0, stderr: "" });
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
    "gemini-cli": JSON.stringify({
      ui: { theme: "Default" },
      modelConfigs: { overrides: [{ match: { model: "mine" }, modelConfig: { model: "mine" } }] },
    }),
  };
  const paths: Readonly<Record<string, string>> = {
    "claude-code": ".claude/settings.json",
    codex: ".codex/config.toml",
    continue: ".continue/config.yaml",
    opencode: ".config/opencode/opencode.json",
    pi: ".pi/agent/models.json",
    "qwen-code": ".qwen/settings.json",
    "gemini-cli": ".gemini/settings.json",
  };

  test.for(Object.keys(paths))("%s", async (client) => {
    const [stepwise, direct] = [join(given.home, `${client}-stepwise`), join(given.home, `${client}-direct`)];
    const write = async (folder: string, ...sizes: readonly Size[]) => {
      const path = join(folder, paths[client] ?? "");
      await mkdir(dirname(path), { recursive: true });
      if (own[client] !== undefined) await writeFile(path, own[client]);
      for (const size of sizes) await writeIn(client, size, folder);
      return await filesIn(folder);
    };
    for (const size of sizes) {
      const before = sizes.filter((other) => other !== size);
      expect(await write(stepwise, ...before, size)).toEqual(await write(direct, size));
      await rm(stepwise, { recursive: true });
      await rm(direct, { recursive: true });
    }
  });

  test("what a user forbids himself stays, though a size forbids it, too", async () => {
    const path = join(given.home, "before", ".claude", "settings.json");
    await mkdir(dirname(path), { recursive: true });
    const mine = {
      permissions: { deny: ["WebFetch"], disableAutoMode: "disable" },
      attribution: { commit: "", pr: "" },
    };
    await writeFile(path, JSON.stringify(mine));
    await connect(["claude-code", "--write", "--yes", "--full"], { HOME: join(given.home, "before") });
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject(mine);
  });
});

test("connect --write never overwrites a copy of what was there", async () => {
  const path = join(given.home, "copies", ".qwen", "settings.json");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{"mine":1}');
  const write = (...args: string[]) =>
    connect(["qwen-code", "--write", "--yes", ...args], { HOME: join(given.home, "copies") });
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
    const path = join(given.home, ".config", "opencode", "opencode.json");
    const first = await connect(["opencode", "--write", "--yes"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    // It holds a key: nobody else may read it.
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
    const written = JSON.parse(await readFile(path, "utf8")) as Record<string, unknown>;
    expect(written).toMatchObject({
      model: "akash/DeepSeek-V3.2",
      provider: { akash: { options: { baseURL: `${given.url}/v1`, apiKey: key } } },
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

/** Writes a file in a new home and has it written by connect; gives its path and a way to do it again. */
async function prepare(name: string, path: string, text: string) {
  const own = join(given.home, name);
  const file = join(own, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return {
    file,
    write: (...args: string[]) => connect([...args, "--write", "--yes"], { HOME: own }),
    read: () => readFile(file, "utf8"),
  };
}

describe("connect --write edits a file of the user's in place", () => {
  test.for<[string, string, string, readonly string[], readonly string[]]>([
    [
      "codex",
      ".codex/config.toml",
      '# mine\nmodel = "gpt-5" # big\n\n# tools\n[mcp_servers.a]\ncommand = "npx"\n',
      ["# mine\n", '\nmodel = "DeepSeek-V3.2" # big\n', '# tools\n[mcp_servers.a]\ncommand = "npx"\n'],
      ['model_provider = "akash"', "[model_providers.akash]"],
    ],
    [
      "continue",
      ".continue/config.yaml",
      "# mine\nname: My Agent\nmodels:\n  - name: Mine # first\n    provider: ollama\nrules:\n  - be brief # please\n",
      ["# mine\nname: My Agent\n", "- name: Mine # first\n", "- be brief # please\n"],
      ["- name: Akash DeepSeek-V3.2\n"],
    ],
    [
      "zed",
      ".config/zed/settings.json",
      '// mine\n{\n  "theme": "One", // dark\n}\n',
      ["// mine\n{\n", '  "theme": "One", // dark\n'],
      ['"default_model": {'],
    ],
    [
      "opencode",
      ".config/opencode/opencode.jsonc",
      '{\n\t"theme": "nord" // cold\n}\n',
      ['\t"theme": "nord", // cold\n'],
      ['\t"model": "akash/DeepSeek-V3.2"'],
    ],
    [
      "claude-code",
      ".claude/settings.json",
      '{\n  // mine\n  "permissions": { "deny": ["Read(.env)"] }\n}\n',
      ["  // mine\n", '"deny": ["Read(.env)", "Agent"'],
      ['"ANTHROPIC_MODEL": "DeepSeek-V3.2"'],
    ],
    [
      "qwen-code",
      ".qwen/settings.json",
      '{\n  // mine\n  "theme": "x"\n}\n',
      ["  // mine\n"],
      ['"envKey": "AKASHCHAT_API_KEY"'],
    ],
  ])("%s", { timeout: 60_000 }, async ([client, path, text, kept, added]) => {
    const { file, write, read } = await prepare(`in-place-${client}`, path, text);
    const run = await write(client);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    // What is asked for is shown as lines that come and go.
    expect(run.stdout).toContain(`${file} (changes):`);
    expect(run.stdout).toMatch(/^\+ /m);
    const first = await read();
    for (const part of [...kept, ...added]) expect(first).toContain(part);
    expect(await readFile(`${file}.bak`, "utf8")).toBe(text);
    // Once more: nothing to do. In another size and back: the same, comments and all.
    expect((await write(client)).stdout).toContain("nothing was written");
    expect(await readdir(dirname(file))).not.toContain(`${basename(file)}.bak.2`);
    await write(client, "--small");
    for (const part of kept.filter((line) => !line.includes("deny"))) expect(await read()).toContain(part);
    await write(client);
    expect((await read()).split("\n").toSorted()).toEqual(first.split("\n").toSorted());
  });

  test("says that there is nothing to do", async () => {
    const { write, file } = await prepare("again", ".continue/config.yaml", "");
    await write("continue");
    const { code, stdout } = await write("continue");
    expect(code).toBe(0);
    expect(stdout).toContain("all of it is there already, nothing was written");
    expect(await readdir(dirname(file))).toEqual(["config.yaml", "config.yaml.bak"]);
  });

  test("leaves one with a mistake alone, and tells where", async () => {
    const { write, read, file } = await prepare("mistake", ".codex/config.toml", 'model = "x\n');
    const { code, stdout, stderr } = await write("codex");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/config\.toml is no valid TOML: .* in line 1, column \d+\. Nothing was written/);
    expect(await read()).toBe('model = "x\n');
    expect(await readdir(dirname(file))).toEqual(["config.toml"]);
  });

  test("leaves a prompt that is not ours", async () => {
    const { write, read } = await prepare("prompt", ".pi/agent/SYSTEM.md", "Mine.\n");
    const { code, stdout } = await write("pi");
    expect(code).toBe(0);
    expect(stdout).toContain("SYSTEM.md is your own and stays as it is.");
    expect(await read()).toBe("Mine.\n");
  });

  test.runIf(process.platform !== "win32")("keeps its mode, and follows symbolic links", async () => {
    const { write, file } = await prepare("links", "dotfiles/config.toml", 'model = "x"\n');
    await chmod(file, 0o640);
    const link = join(given.home, "links", ".codex", "config.toml");
    await mkdir(dirname(link));
    await symlink("../dotfiles/config.toml", link);
    expect(await write("codex")).toMatchObject({ code: 0, stderr: "" });
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await readFile(file, "utf8")).toContain("[model_providers.akash]");
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    // No half of a file is ever there: what was written beside it is gone.
    expect(await readdir(dirname(file))).toEqual(["config.toml"]);
    expect((await readdir(dirname(link))).toSorted()).toEqual([
      "akashchat-instructions.md",
      "config.toml",
      "config.toml.bak",
    ]);

    await rm(file);
    expect(await write("codex")).toMatchObject({ code: 0, stderr: "" });
    expect(await readFile(file, "utf8")).toContain("[model_providers.akash]");
  });

  test("tells of a folder in its place, and of a file in the place of its folder", async () => {
    const { write, file } = await prepare("folder", ".codex/config.toml/x", "");
    expect((await write("codex")).stderr).toContain(
      `${dirname(file)} can't be read: it is a folder, where a file should be.`,
    );
    await writeFile(join(given.home, "folder", ".continue"), "");
    expect((await write("continue")).stderr).toMatch(/config\.yaml can't be read: .* is a file/);
  });

  test.for(["cursor", "cline", "open-webui", "copilot"])(
    "%s has none: the steps are told, with exit code 2",
    async (client) => {
      const { code, stderr } = await connect([client, "--write", "--yes"]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/where no program can write it\.[^]*\n1\. /);
    },
  );
});

test("what was written to a file after it was read is not lost", async () => {
  const path = join(given.home, "changed.json");
  await writeFile(path, "now");
  const refusal = "changed.json has changed meanwhile and was not touched";
  await expect(replaceFile(path, "ours", { before: "then", folder: given.home })).rejects.toThrow(refusal);
  await expect(replaceFile(path, "ours", { before: undefined, folder: given.home })).rejects.toThrow(refusal);
  expect(await readFile(path, "utf8")).toBe("now");
  await replaceFile(path, "ours", { before: "now", folder: given.home });
  expect(await readFile(path, "utf8")).toBe("ours");
});
