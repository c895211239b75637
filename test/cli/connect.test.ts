import { once } from "node:events";
import { readdirSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import { clientNames, programNames } from "../../src/cli/connect/client-names.ts";
import { findClient } from "../../src/cli/connect/clients.ts";
import { useGatewayAndHome } from "../support/use-gateway-and-home.ts";
import { startStack } from "../support/start-stack.ts";

const key = "only-for-us";

const given = useGatewayAndHome({
  BEARER_TOKEN: key,
  MODEL_ALIASES: "claude-*=Qwen/Qwen3-30B-A3B,painter=AkashGen,opus=Qwen/Qwen3-30B-A3B",
});
const { connect } = given;

/** The JSON object that a text shows. */
function jsonIn(text: string): unknown {
  return JSON.parse(text.slice(text.indexOf("\n{\n"), text.lastIndexOf("\n}\n") + 3));
}

describe.concurrent("connect prints what points a client at the gateway", () => {
  const lines: Readonly<Record<string, () => readonly string[]>> = {
    "claude-code": () => [
      ".claude/settings.json",
      `"ANTHROPIC_BASE_URL": "${given.url}"`,
      `"ANTHROPIC_AUTH_TOKEN": "${key}"`,
      '"ANTHROPIC_MODEL": "DeepSeek-V3.2"',
      '"CLAUDE_CODE_MAX_CONTEXT_TOKENS": "64000"',
      '"CLAUDE_CODE_MAX_OUTPUT_TOKENS": "16000"',
      '"CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY": "1"',
      '"CLAUDE_CODE_ATTRIBUTION_HEADER": "0"',
      '"WebFetch"',
      "Small prompt: about ",
      " launch claude-code",
    ],
    codex: () => [
      ".codex/config.toml",
      'model = "DeepSeek-V3.2"',
      "model_context_window = 64000",
      "model_auto_compact_token_limit = 48000",
      `base_url = "${given.url}/v1"`,
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
      `"baseURL": "${given.url}/v1"`,
      '"context": 64000',
      '"webfetch": "deny"',
    ],
    copilot: () => [
      `export COPILOT_PROVIDER_BASE_URL=${given.url}/v1`,
      `export COPILOT_PROVIDER_API_KEY=${key}`,
      "export COPILOT_PROVIDER_MAX_PROMPT_TOKENS=48000",
      "export COPILOT_PROVIDER_MAX_OUTPUT_TOKENS=16000",
      "copilot --available-tools=bash,view,edit,create",
    ],
    pi: () => [
      ".pi/agent/models.json",
      `"baseUrl": "${given.url}/v1"`,
      '"contextWindow": 64000',
      '"defaultModel": "DeepSeek-V3.2"',
      ".pi/agent/SYSTEM.md",
    ],
    "qwen-code": () => [
      ".qwen/settings.json",
      `"baseUrl": "${given.url}/v1"`,
      '"contextWindowSize": 64000',
      '"max_tokens": 16000',
      '"maxRecentFilesToRetain": 1',
      `export AKASHCHAT_API_KEY=${key}`,
    ],
    "gemini-cli": () => [
      ".gemini/settings.json",
      '"compressionThreshold": 0.0427',
      '"maxOutputTokens": 16000',
      `export GOOGLE_GEMINI_BASE_URL=${given.url}`,
      `export GEMINI_API_KEY=${key}`,
    ],
    cursor: () => [
      `Cursor's own servers make the calls, and can't reach ${given.url}.`,
      "PUBLIC_URL=https://ai.example.com",
      "Override OpenAI Base URL: the public https address",
      `OpenAI API Key: ${key}`,
      "DeepSeek-V3.2",
    ],
    cline: () => [`Base URL: ${given.url}/v1`, "Model ID: DeepSeek-V3.2", "OpenAI Compatible"],
    "open-webui": () => [
      `export OPENAI_API_BASE_URL=${given.url}/v1`,
      `export OPENAI_API_KEY=${key}`,
      "export IMAGE_GENERATION_MODEL=AkashGen",
    ],
    continue: () => [
      ".continue/config.yaml",
      `apiBase: ${given.url}/v1`,
      "model: DeepSeek-V3.2",
      "contextLength: 64000",
    ],
    zed: () => [
      "settings.json",
      `"api_url": "${given.url}/v1"`,
      '"max_tokens": 64000',
      `export AKASH_CHAT_API_KEY=${key}`,
    ],
  };

  test("the names are those of the clients", () => {
    const files = readdirSync(new URL("../../src/cli/connect/clients/", import.meta.url));
    expect([...clientNames].toSorted()).toEqual(
      files
        .filter((file) => findClient(file.replace(/\.ts$/, "")) !== undefined)
        .map((file) => file.replace(/\.ts$/, "")),
    );
    expect(clientNames.filter((name) => findClient(name)?.program !== undefined)).toEqual(programNames);
  });

  test("every client has a case here", () => {
    expect(Object.keys(lines)).toEqual(clientNames);
  });

  test.for(clientNames)("%s", async (client) => {
    const { code, stdout, stderr } = await connect([client]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of lines[client]?.() ?? []) expect(stdout).toContain(line);
    expect(stdout).not.toMatch(/undefined|\[object/);
  });

  test.for(["claude-code", "opencode", "qwen-code", "gemini-cli", "zed"])(
    "%s: the file shown is JSON",
    async (client) => {
      const { stdout } = await connect([client]);
      expect(jsonIn(stdout)).toBeTypeOf("object");
    },
  );

  test.for<[string, string, string]>([
    ["claude-code", "CLAUDE_CONFIG_DIR", "settings.json"],
    ["codex", "CODEX_HOME", "config.toml"],
    ["opencode", "XDG_CONFIG_HOME", join("opencode", "opencode.json")],
    ["pi", "PI_CODING_AGENT_DIR", "models.json"],
    ["qwen-code", "QWEN_HOME", "settings.json"],
    ["gemini-cli", "GEMINI_CLI_HOME", join(".gemini", "settings.json")],
    ["zed", "XDG_CONFIG_HOME", join("zed", "settings.json")],
  ])("%s: in the folder that %s names", async ([client, variable, file]) => {
    const folder = join(given.home, "elsewhere");
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

  test.for<[string, boolean]>([
    ["https://ai.example.com", true],
    ["https://8.8.8.8:8443", true],
    ["https://[2606:4700::1]", true],
    ["http://ai.example.com", false],
    ["http://localhost:16571", false],
    ["https://localhost", false],
    ["https://127.0.0.1", false],
    ["https://192.168.1.5", false],
    ["https://[fd00::1]", false],
    ["https://nas.local", false],
  ])("Cursor, which calls from its own servers, at %s: %s", ([url, reaches]) => {
    const model = { id: "m", contextLength: undefined };
    const providerName = "Akash Chat" as const;
    const target = {
      url,
      apiKey: key,
      providerName,
      model,
      models: [model],
      imageModel: undefined,
      codexCatalogue: false,
    };
    const client = findClient("cursor");
    const text = [
      ...(client?.notes?.(target) ?? []),
      ...(client?.setup(target, "default", { environment: {}, folder: "/" }).steps ?? []),
    ].join("\n");
    expect(text.includes(`Override OpenAI Base URL: ${url}/v1`)).toBe(reaches);
    expect(text.includes(`can't reach ${url}`)).toBe(!reaches);
  });

  test.for(["--key-file", "--key"])("with the key of %s", async (option) => {
    const path = join(given.home, `key-of${option}`);
    await writeFile(path, `${key}\n`);
    const value = option === "--key" ? key : path;
    const { code, stdout } = await connect(["opencode", option, value], { BEARER_TOKEN: "" });
    expect(code).toBe(0);
    expect(stdout).toContain(`"apiKey": "${key}"`);
    // What is said to be repeated has no key in it, but may name its file.
    expect(stdout).not.toContain(`--key ${key}`);
    expect(stdout.includes(`--key-file ${path}`)).toBe(option === "--key-file");
  });

  test("an address without a scheme is meant as http", async () => {
    const { code, stdout } = await connect(["codex", "--url", given.url.slice("http://".length)]);
    expect(code).toBe(0);
    expect(stdout).toContain(`base_url = "${given.url}/v1"`);
  });

  test("commands are told as the program was started", async () => {
    const { stdout } = await connect(["codex"], { npm_command: "exec" });
    expect(stdout).toContain("without any file: npx akashchat-api launch codex --url ");
  });

  test.for(programNames)("%s: the way without files repeats what was said", async (client) => {
    const { stdout } = await connect([client, "--small", "--model", "DeepSeek-V3.2"]);
    expect(stdout).toContain(` launch ${client} --small --url ${given.url} --model DeepSeek-V3.2\n`);
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
    expect(stdout).toMatch(/x-history-diet(?:": "| = "|: )on/);
    expect(stdout).toContain("Smallest prompt: about ");
  });

  test("--small and --full exclude each other", async () => {
    const { code, stderr } = await connect(["codex", "--small", "--full"]);
    expect(code).toBe(2);
    expect(stderr).toContain("cannot be used with option");
  });
});

test.for<[string, string]>([
  ["Kimi-K2-Instruct", ""],
  ["fast", "fast=Kimi-K2-Instruct"],
])("connect without --model takes the gateway's DEFAULT_MODEL: %s", async ([chosen, aliases]) => {
  const own = await startStack({ env: { DEFAULT_MODEL: chosen, MODEL_ALIASES: aliases } });
  try {
    const { stdout } = await connect(["codex", "--url", own.url], { BEARER_TOKEN: "" });
    expect(stdout).toContain('model = "Kimi-K2-Instruct"');
  } finally {
    await own.close();
  }
});

test("connect says that it can write the files itself, with what it was told", async () => {
  const { stdout } = await connect(["zed", "--model", "Kimi-K2-Instruct"]);
  expect(stdout).toContain(`Or have the file written, after a look at what changes: `);
  expect(stdout).toContain(`connect zed --url ${given.url} --model Kimi-K2-Instruct --write`);
});

describe.concurrent("connect refuses, and says what to do", () => {
  test.for<[string, string[], string]>([
    ["a client that it does not know", ["emacs"], "Known are: claude-code"],
    ["a client's name written wrongly", ["cursr"], "Did you mean cursor?"],
    ["to write without asking where nobody can answer", ["claude-code", "--write"], "--yes"],
    ["what would write, had it been told to", ["zed", "--yes"], "--yes goes with --write."],
    ["to write where the client has no file", ["cursor", "--write", "--yes"], "Override OpenAI Base URL"],
    ["a model that is not there", ["codex", "--model", "DeepSeek-V9"], "DeepSeek-V3.2"],
  ])("%s", async ([, args, text]) => {
    const { code, stderr } = await connect(args);
    expect(code).toBe(2);
    expect(stderr).toContain(text);
  });

  test.for([
    ["wrong", "wants another key than the one that is set here"],
    ["", "wants a key, and none is set here"],
  ])("the key %j, and names the ways out", async ([token = "", words]) => {
    const { code, stderr } = await connect(["codex"], { BEARER_TOKEN: token });
    expect(code).toBe(2);
    expect(stderr).toContain(`The gateway at ${given.url} ${words}.`);
    expect(stderr).toContain("--key-file <file>");
    expect(stderr).toMatch(/\(BEARER_TOKEN=\.\.\. node \S+ \.\.\.\)/);
    expect(stderr).toContain(
      `a line BEARER_TOKEN=... in ${join(given.home, ".config", "akashchat-api", ".env")} (every command reads it`,
    );
  });

  test.for<[string, string, string]>([
    ["is not there", "", "there is no file"],
    ["is empty", "\n", "must have the key and nothing else"],
    ["has more", "BEARER_TOKEN=x y\n", "must have the key and nothing else"],
  ])("a file of the key that %s", async ([, content, words]) => {
    const path = join(given.home, `key ${words}${content.length}`);
    await (content === "" ? rm(path, { force: true }) : writeFile(path, content));
    const { code, stderr } = await connect(["codex", "--key-file", path]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  test.for(["ключ", "two words"])("the key %j, which no header can carry", async (wrong) => {
    const { code, stderr } = await connect(["codex", "--key", wrong]);
    expect(code).toBe(2);
    expect(stderr).toBe("--key: a key is printable ASCII without spaces.\n");
  });

  test.for<[string, string]>([
    ["is a folder", "."],
    ["would be in a file", join("key-folder", "file", "key")],
    ["is no text", join("key-folder", "binary")],
  ])("a file of the key that %s, without a word of writing", async ([, path]) => {
    const folder = join(given.home, "key-folder");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "file"), "");
    await writeFile(join(folder, "binary"), Buffer.of(0xff));
    const { code, stdout, stderr } = await connect(["codex", "--key-file", join(given.home, path)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`${join(given.home, path)} `);
    expect(stderr).not.toMatch(/writ|made/);
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
});
