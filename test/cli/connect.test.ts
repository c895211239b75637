import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { clientNames, programNames } from "../../src/cli/connect/clients.ts";
import { program } from "../support/program.ts";
import { startStack, type Stack } from "../support/start-stack.ts";

const key = "only-for-us";

let stack: Stack;
let home: string;

beforeAll(async () => {
  stack = await startStack({
    env: {
      BEARER_TOKEN: key,
      MODEL_ALIASES: "claude-*=Qwen/Qwen3-30B-A3B,painter=AkashGen,opus=Qwen/Qwen3-30B-A3B",
    },
  });
  home = await mkdtemp(join(tmpdir(), "connect-"));
});

afterAll(async () => {
  await stack.close();
  await rm(home, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `akashchat-api connect …` as a user would, in a home folder of its own. */
function connect(args: readonly string[], environment: Record<string, string> = {}): Promise<Run> {
  const options = {
    cwd: home,
    env: { PATH: process.env["PATH"], HOME: home, USERPROFILE: home, BEARER_TOKEN: key, ...environment },
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, "connect", "--url", stack.url, ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    ).stdin?.end();
  });
}

/** The JSON object that a text shows. */
function jsonIn(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf("\n{\n"), text.lastIndexOf("\n}\n") + 3));
}

describe.concurrent("connect prints what points a client at the gateway", () => {
  const lines: Readonly<Record<string, () => readonly string[]>> = {
    "claude-code": () => [
      ".claude/settings.json",
      `"ANTHROPIC_BASE_URL": "${stack.url}"`,
      `"ANTHROPIC_AUTH_TOKEN": "${key}"`,
      '"ANTHROPIC_MODEL": "DeepSeek-V3.2"',
      '"CLAUDE_CODE_MAX_CONTEXT_TOKENS": "64000"',
      '"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "16000"',
      '"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1"',
      '"CLAUDE_CODE_ATTRIBUTION_HEADER": "0"',
      '"WebFetch"',
      "Small prompt: about ",
      "akashchat-api launch claude-code",
    ],
    codex: () => [
      ".codex/config.toml",
      'model = "DeepSeek-V3.2"',
      "model_context_window = 64000",
      "model_auto_compact_token_limit = 48000",
      `base_url = "${stack.url}/v1"`,
      'wire_api = "responses"',
      "request_max_retries = 1",
      "stream_max_retries = 2",
      'model_instructions_file = "akashchat-instructions.md"',
      ".codex/akashchat-instructions.md:",
      "You are a coding agent",
      `export AKASHCHAT_API_KEY=${key}`,
    ],
    opencode: () => [
      "opencode.json",
      '"model": "akash/DeepSeek-V3.2"',
      `"baseURL": "${stack.url}/v1"`,
      '"context": 64000',
      '"webfetch": "deny"',
    ],
    copilot: () => [
      `export COPILOT_PROVIDER_BASE_URL=${stack.url}/v1`,
      `export COPILOT_PROVIDER_API_KEY=${key}`,
      "export COPILOT_PROVIDER_MAX_PROMPT_TOKENS=48000",
      "export COPILOT_PROVIDER_MAX_OUTPUT_TOKENS=16000",
      "copilot --available-tools=bash,view,edit,create",
    ],
    pi: () => [
      ".pi/agent/models.json",
      `"baseUrl": "${stack.url}/v1"`,
      '"contextWindow": 64000',
      '"defaultModel": "DeepSeek-V3.2"',
      ".pi/agent/SYSTEM.md",
    ],
    "qwen-code": () => [
      ".qwen/settings.json",
      `"baseUrl": "${stack.url}/v1"`,
      '"contextWindowSize": 64000',
      '"max_tokens": 16000',
      '"maxRecentFilesToRetain": 1',
      `export AKASHCHAT_API_KEY=${key}`,
    ],
    cursor: () => [`Override OpenAI Base URL: ${stack.url}/v1`, `OpenAI API Key: ${key}`, "DeepSeek-V3.2"],
    cline: () => [`Base URL: ${stack.url}/v1`, "Model ID: DeepSeek-V3.2", "OpenAI Compatible"],
    "open-webui": () => [
      `export OPENAI_API_BASE_URL=${stack.url}/v1`,
      `export OPENAI_API_KEY=${key}`,
      "export IMAGE_GENERATION_MODEL=AkashGen",
    ],
    continue: () => [
      ".continue/config.yaml",
      `apiBase: "${stack.url}/v1"`,
      'model: "DeepSeek-V3.2"',
      "contextLength: 64000",
    ],
    zed: () => [
      "settings.json",
      `"api_url": "${stack.url}/v1"`,
      '"max_tokens": 64000',
      `export AKASH_CHAT_API_KEY=${key}`,
    ],
  };

  test("every client has a case here", () => {
    expect(Object.keys(lines)).toEqual(clientNames);
  });

  test.for(clientNames)("%s", async (client) => {
    const { code, stdout, stderr } = await connect([client]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of lines[client]?.() ?? []) expect(stdout).toContain(line);
    expect(stdout).not.toMatch(/undefined|\[object/);
  });

  test.for(["claude-code", "opencode", "qwen-code", "zed"])("%s: the file shown is JSON", async (client) => {
    const { stdout } = await connect([client]);
    expect(jsonIn(stdout)).toBeTypeOf("object");
  });

  test.for<[string, string, string]>([
    ["claude-code", "CLAUDE_CONFIG_DIR", "settings.json"],
    ["codex", "CODEX_HOME", "config.toml"],
    ["opencode", "XDG_CONFIG_HOME", join("opencode", "opencode.json")],
    ["pi", "PI_CODING_AGENT_DIR", "models.json"],
    ["qwen-code", "QWEN_HOME", "settings.json"],
    ["zed", "XDG_CONFIG_HOME", join("zed", "settings.json")],
  ])("%s: in the folder that %s names", async ([client, variable, file]) => {
    const folder = join(home, "elsewhere");
    const { stdout } = await connect([client], { [variable]: folder });
    expect(stdout).toContain(`\n${join(folder, file)}`);
  });

  test("an alias keeps its name and has the context length of its model", async () => {
    const { stdout } = await connect(["codex", "--model", "claude-mine"]);
    expect(stdout).toContain('model = "claude-mine"');
    expect(stdout).toContain("model_context_window = 32768");
  });

  // The last one has no pattern, so it is in the list.
  test.for(["claude-sonnet-4-5", "claude-3-5-haiku-latest", "claude-opus-5-5", "opus"])(
    "but Claude Code, which has a window of its own for %s, gets the model's own name",
    async (alias) => {
      const { stdout } = await connect(["claude-code", "--model", alias]);
      expect(stdout).toContain('"ANTHROPIC_MODEL": "Qwen/Qwen3-30B-A3B"');
      expect(stdout).toContain('"CLAUDE_CODE_MAX_CONTEXT_TOKENS": "32768"');
      expect(stdout).toContain(`Claude Code takes ${alias} for a Claude model`);
    },
  );

  test("an alias that Claude Code does not know is left to it", async () => {
    const { stdout } = await connect(["claude-code", "--model", "claude-mine"]);
    expect(stdout).toContain('"ANTHROPIC_MODEL": "claude-mine"');
  });

  test("an address without a scheme is meant as http", async () => {
    const { code, stdout } = await connect(["codex", "--url", stack.url.slice("http://".length)]);
    expect(code).toBe(0);
    expect(stdout).toContain(`base_url = "${stack.url}/v1"`);
  });

  test.for(programNames)("%s: the way without files repeats what was said", async (client) => {
    const { stdout } = await connect([client, "--small", "--model", "DeepSeek-V3.2"]);
    expect(stdout).toContain(
      `akashchat-api launch ${client} --small --url ${stack.url} --model DeepSeek-V3.2\n`,
    );
  });

  const agents = programNames.filter((client) => client !== "cline");

  test.for(agents)("%s: --full leaves the agent its own prompt and tools", async (client) => {
    const { stdout } = await connect([client, "--full"]);
    expect(stdout).not.toMatch(
      /deny|disabled|agents\]|--available-tools|You are a coding agent|x-history-diet/,
    );
    expect(stdout).toContain("own prompt: at most about ");
  });

  test.for(agents)("%s: --small asks the gateway to shorten old results", async (client) => {
    const { stdout } = await connect([client, "--small"]);
    expect(stdout).toMatch(/x-history-diet(?:": "|" = "|: )on/);
    expect(stdout).toContain("Smallest prompt: about ");
  });

  test("--small and --full exclude each other", async () => {
    const { code, stderr } = await connect(["codex", "--small", "--full"]);
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be used with option");
  });
});

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

describe.concurrent("connect refuses, and says what to do", () => {
  test.for<[string, string[], string]>([
    ["a client that it does not know", ["emacs"], "Known are: claude-code"],
    ["a client's name written wrongly", ["cursr"], "Did you mean cursor?"],
    ["to write without asking where nobody can answer", ["claude-code", "--write"], "--yes"],
    ["to write where the client has no file", ["cursor", "--write", "--yes"], "Override OpenAI Base URL"],
    ["a model that is not there", ["codex", "--model", "DeepSeek-V9"], "DeepSeek-V3.2"],
  ])("%s", async ([, args, text]) => {
    const { code, stderr } = await connect(args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  test("a wrong key", async () => {
    const { code, stderr } = await connect(["codex"], { BEARER_TOKEN: "wrong" });
    expect(code).toBe(2);
    expect(stderr).toContain(
      `The gateway at ${stack.url} wants another BEARER_TOKEN than the one that is set`,
    );
    expect(stderr).toContain("in the environment of this command: BEARER_TOKEN=... akashchat-api ...");
  });

  test("no key, in other words", async () => {
    const { stderr } = await connect(["codex"], { BEARER_TOKEN: "" });
    expect(stderr).toContain(`The gateway at ${stack.url} wants a key, and no BEARER_TOKEN is set here.`);
    expect(stderr).toContain("BEARER_TOKEN=... akashchat-api");
  });

  test.for([
    ["text/html", "<h1>It works!</h1>"],
    ["application/json", "{}"],
  ])("what answers with %s and is no gateway", async ([type = "", body]) => {
    const server = createServer((_request, response) => response.setHeader("content-type", type).end(body));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, stderr } = await connect(["codex", "--url", url]);
    server.close();
    expect(code).toBe(2);
    expect(stderr).toContain(`Something else than a gateway answers at http://${url} (status 200`);
    expect(stderr).not.toContain("Start it first");
  });

  test.for(["ftp://127.0.0.1", "http://"])("%s for an address", async (url) => {
    const { code, stderr } = await connect(["codex", "--url", url]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--url: "${url}" is no address such as http://localhost:16571.`);
  });

  test.for(["AkashGen", "painter"])("%s, which draws", async (model) => {
    const { code, stderr } = await connect(["codex", "--model", model]);
    expect(code).toBe(2);
    expect(stderr).toContain(`--model: ${model} draws pictures`);
    expect(stderr).toContain("DeepSeek-V3.2");
  });

  test("when no gateway answers", async () => {
    const { code, stderr } = await connect(["codex", "--url", "http://127.0.0.1:1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("No gateway answers at http://127.0.0.1:1");
  });

  test("to change a file that it can't merge", async () => {
    const path = join(home, ".codex", "config.toml");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'model = "mine"\n');
    const { code, stderr } = await connect(["codex", "--write", "--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("exists and is not changed");
    expect(await readFile(path, "utf8")).toBe('model = "mine"\n');
    expect(await readdir(dirname(path))).toEqual(["config.toml"]);
  });

  test("to change JSON with comments", async () => {
    const path = join(home, ".config", "zed", "settings.json");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '// mine\n{ "theme": "One" }\n');
    const { code, stderr } = await connect(["zed", "--write", "--yes"]);
    expect(code).toBe(2);
    expect(stderr).toContain("not plain JSON");
    expect(await readFile(path, "utf8")).toContain("// mine");
  });
});
