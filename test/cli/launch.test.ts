import { execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

import { programNames } from "../../src/cli/connect/client-names.ts";
import { findClient } from "../../src/cli/connect/clients.ts";
import { runCli } from "../../src/cli/run-cli.ts";
import type { RunAgent, StartedProgram } from "../../src/cli/terminal.ts";
import { program } from "../support/program.ts";
import { createTerminal } from "../support/run-program.ts";
import { useGatewayAndHome } from "../support/use-gateway-and-home.ts";

/** Its home is the folder of the agents, too. */
const given = useGatewayAndHome({ MODEL_ALIASES: "claude-*=Qwen/Qwen3-30B-A3B" });

/** Stands for every agent: tells how it was started, and copies the files that it was told of. */
const agent = `#!${process.execPath}
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
const { argv, env } = process;
const paths = [...argv.slice(2), ...Object.values(env)].flatMap((text) => text.match(/\\/[^"]*akashchat-api-[^"}]*/g) ?? []);
const all = paths.flatMap((path) =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true }).map((name) => join(path, name)).filter((one) => statSync(one).isFile())
    : [path],
);
const files = Object.fromEntries(all.map((path) => [path, readFileSync(path, "utf8")]));
process.stdout.write(JSON.stringify({ args: argv.slice(2), env, files }));
process.exitCode = 7;
`;

beforeAll(async () => {
  await writeFile(join(given.home, "package.json"), '{ "type": "module" }');
  for (const name of programNames) {
    const path = join(given.home, findClient(name)?.program?.command ?? "");
    await writeFile(path, agent);
    await chmod(path, 0o755);
  }
});

interface Told {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Where agents are found, and what they may find. */
const homeOf = () => ({ PATH: given.home, HOME: given.home });

/** What came of a launch. */
interface Launched {
  readonly code: number;
  readonly told: Told;
  readonly stderr: string;
}

const toArgs = ([client = "", ...rest]: readonly string[], url: string) => [
  "launch",
  client,
  ...(url === "" ? [] : ["--url", url]),
  ...rest,
];

/** The files in the folder of a run that an agent is told of. */
async function readFiles({ args, environment }: StartedProgram): Promise<Record<string, string>> {
  const texts = [...args, ...Object.values(environment)];
  const paths = texts.flatMap((text) => text?.match(/\/[^"]*akashchat-api-[^"}]*/g) ?? []);
  const files: Record<string, string> = {};
  for (const path of paths) {
    const isFolder = (await stat(path)).isDirectory();
    const names = isFolder ? await readdir(path, { recursive: true }) : [""];
    for (const name of names) {
      const file = join(path, name);
      if ((await stat(file)).isFile()) files[file] = await readFile(file, "utf8");
    }
  }
  return files;
}

/** Runs `akashchat-api launch …` up to the start of the agent, and gives what that would be told. Rejects with what is said where none is started. */
async function launch(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  url = given.url,
  cwd = given.home,
): Promise<Launched> {
  const { terminal, written } = createTerminal({ ...homeOf(), ...environment }, { folder: cwd });
  let told: Told | undefined;
  const runAgent: RunAgent = async (program, onStart) => {
    const env = Object.fromEntries(
      Object.entries(program.environment).map(([name, value]) => [name, value ?? ""]),
    );
    told = { args: program.args, env, files: await readFiles(program) };
    onStart();
    return 7;
  };
  const code = await runCli(toArgs(args, url), { ...terminal, runAgent });
  const { stdout, stderr } = written();
  expect(stdout).toBe("");
  if (told === undefined) throw new Error(stderr);
  return { code, told, stderr };
}

/** The same with all of it: the program as a process, which starts the agent. */
function launchProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  url = given.url,
  cwd = given.home,
): Promise<Launched> {
  const env = { ...homeOf(), ...environment };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...toArgs(args, url)], { cwd, env }, (error, stdout, stderr) => {
      if (stdout === "") reject(new Error(stderr));
      else
        resolve({
          code: error === null ? 0 : Number(error.code),
          told: JSON.parse(stdout) as Told,
          stderr,
        });
    }).stdin?.end();
  });
}

/** All that an agent was told, as one text. */
const allOf = ({ args, env, files }: Told): string =>
  [...args, ...Object.entries(env).flat(), ...Object.values(files)].join("\n");

describe.concurrent.each([...programNames])("launch %s", (client) => {
  test("points it at the gateway, with the size, its window and its answers' length", async () => {
    const { code, told, stderr } = await launch([client, "--", "do", "it"]);
    expect(code).toBe(7);
    expect(told.args.slice(-2)).toEqual(["do", "it"]);
    const all = allOf(told);
    expect(all).toContain(given.url);
    expect(all).toContain("DeepSeek-V3.2");
    // Copilot wants to know what is left for the prompt, Gemini CLI a part of what it assumes; Codex asks for no length.
    const window: Readonly<Record<string, RegExp>> = {
      copilot: /48000/,
      "gemini-cli": /"compressionThreshold":0\.0427/,
    };
    expect(all).toMatch(window[client] ?? /64000/);
    if (client !== "codex") expect(all).toMatch(/16000/);
    expect(stderr).toMatch(
      /^Small prompt: about [\d,]+ tokens .* instead of [\d,]+; --full .*\n.* gives 25,000 tokens in 4 h\./,
    );
    expect(all).not.toContain("x-history-diet");
  });

  test("with files that go away when it has ended", async () => {
    const { told } = await launch([client]);
    for (const path of Object.keys(told.files)) await expect(stat(path)).rejects.toThrow("ENOENT");
  });

  test("and takes keys and addresses of other providers out of its environment", async () => {
    const foreign = "sk-somebody-elses";
    const names = [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_CUSTOM_HEADERS",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "COPILOT_PROVIDER_BEARER_TOKEN",
      "GEMINI_API_KEY",
      "GEMINI_CLI_CUSTOM_HEADERS",
      "GOOGLE_API_KEY",
      "GOOGLE_VERTEX_BASE_URL",
      "OPENAI_API_KEY",
      "OPENAI_BASE_URL",
    ];
    const { told } = await launch([client], Object.fromEntries(names.map((name) => [name, foreign])));
    expect(allOf(told)).not.toContain(foreign);
  });

  test("--small asks for shorter histories", async () => {
    const { told, stderr } = await launch([client, "--small"]);
    expect(allOf(told)).toMatch(/x-history-diet(?:":"|"? = "|: )on/);
    expect(stderr).toMatch(/^Smallest prompt: about /);
  });

  test("--full leaves it its own prompt and tools", async () => {
    const { told, stderr } = await launch([client, "--full"]);
    expect(allOf(told)).not.toMatch(/You are a coding agent|deny|disabledTools|-tools|x-history-diet/);
    expect(stderr).toContain("own prompt: at most about ");
  });
});

/** What an agent is told but for its environment. Each run has a folder of its own. */
const alike = ({ told: { args, files } }: Launched) =>
  JSON.stringify({ args, files }).replace(/akashchat-api-\w{6}/g, "akashchat-api-…");

test.for(["claude-code", "codex", "gemini-cli"])(
  "launch %s, as a process, tells the agent the same",
  async (client) => {
    const args = [client, "--small", "--", "do", "it"];
    const [apart, here] = await Promise.all([
      launchProcess(args, { MINE: "1" }),
      launch(args, { MINE: "1" }),
    ]);
    expect(apart.code).toBe(7);
    expect(apart.stderr).toBe(here.stderr);
    expect(apart.told.env["MINE"]).toBe("1");
    expect(alike(apart)).toBe(alike(here));
    for (const path of Object.keys(apart.told.files)) await expect(stat(path)).rejects.toThrow("ENOENT");
  },
);

describe("launch codex", () => {
  test("keeps its repeats few, and is never called OpenAI", async () => {
    const { told } = await launch(["codex"]);
    expect(told.args).toEqual(
      expect.arrayContaining([
        "model_providers.akash-launch.request_max_retries=1",
        "model_providers.akash-launch.stream_max_retries=2",
        'model_providers.akash-launch.name="Akash Chat"',
        "model_context_window=64000",
        "model_auto_compact_token_limit=48000",
      ]),
    );
  });

  test("names the catalogue of a gateway that has one, and no other's", async () => {
    const { told } = await launch(["codex"]);
    expect(allOf(told)).toMatch(/model_catalog_url="http:\/\/127\.0\.0\.1:\d+\/v1\/models"/);

    const server = createServer((_request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "list", data: [{ id: "some-model", context_length: 1000 }] }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { told: plain } = await launch(["codex"], {}, url);
    server.close();
    expect(allOf(plain)).not.toContain("model_catalog_url");
  });
});

test.for([
  ["claude-code", "CLAUDE.md"],
  ["qwen-code", "QWEN.md, AGENTS.md"],
  ["gemini-cli", "GEMINI.md"],
  ["opencode", "AGENTS.md"],
  ["codex", "AGENTS.md"],
])("launch %s names the project's instructions that it reads: %s", async ([client = "", file]) => {
  const { told } = await launch([client]);
  expect(allOf(told)).toContain(`Follow the project's instructions (${file}).`);
});

test("launch claude-code says all by settings of its command line, which win over files, with the key in a file", async () => {
  const { told } = await launch(["claude-code"], { BEARER_TOKEN: "only-for-us" });
  const path = told.args[told.args.indexOf("--settings") + 1] ?? "";
  expect(JSON.parse(told.files[path] ?? "")).toMatchObject({
    env: {
      ANTHROPIC_BASE_URL: given.url,
      ANTHROPIC_AUTH_TOKEN: "only-for-us",
      ANTHROPIC_MODEL: "DeepSeek-V3.2",
      ANTHROPIC_API_KEY: "",
      ANTHROPIC_CUSTOM_HEADERS: "",
      CLAUDE_CODE_SIMPLE: "",
      CLAUDE_CODE_USE_BEDROCK: "",
    },
    model: "DeepSeek-V3.2",
    apiKeyHelper: "",
  });
  expect(told.args.join(" ")).not.toContain("only-for-us");
});

test.each(["default", "small", "full"])(
  "launch gemini-cli in %s size leaves no header to a .env file",
  async (size) => {
    const { told } = await launch(["gemini-cli", ...(size === "default" ? [] : [`--${size}`])]);
    expect(told.env["GEMINI_CLI_CUSTOM_HEADERS"]).toBe(size === "small" ? "x-history-diet: on" : "");
  },
);

describe("launch in a folder of a project", () => {
  const user = "from-the-users-own";
  const keyed = useGatewayAndHome({ BEARER_TOKEN: user });

  beforeAll(async () => {
    const { home } = keyed;
    await mkdir(join(home, "own", "akashchat-api"), { recursive: true });
    const address = keyed.url.slice("http://".length);
    await writeFile(
      join(home, "own", "akashchat-api", ".env"),
      `SERVER_ADDRESS=${address}\nBEARER_TOKEN=${user}\nAKASH_COOKIE=only-the-gateways\n`,
    );
    await writeFile(join(home, ".env"), "SERVER_ADDRESS=127.0.0.1:9\nBEARER_TOKEN=a-projects\n");
  });

  test("takes address and key from the user's own settings, and gives the agent no other of them", async () => {
    const { told } = await launch(["codex"], { XDG_CONFIG_HOME: join(keyed.home, "own") }, "", keyed.home);
    expect(allOf(told)).toContain(`base_url="${keyed.url}/v1"`);
    expect(told.env["AKASHCHAT_API_KEY"]).toBe(user);
    expect(allOf(told)).not.toMatch(/only-the-gateways|a-projects/);
  });

  test("and options win over them", async () => {
    await writeFile(join(keyed.home, "key"), "another\n");
    const own = { XDG_CONFIG_HOME: join(keyed.home, "own") };
    const { told } = await launch(
      ["codex", "--key-file", join(keyed.home, "key")],
      own,
      given.url,
      keyed.home,
    );
    expect(allOf(told)).toContain(`base_url="${given.url}/v1"`);
    expect(told.env["AKASHCHAT_API_KEY"]).toBe("another");
  });
});

test("launch claude-code never aliases to a name that Claude Code knows", async () => {
  const { told, stderr } = await launch(["claude-code", "--model", "claude-sonnet-4-5"]);
  expect(told.env["ANTHROPIC_MODEL"]).toBe("Qwen/Qwen3-30B-A3B");
  expect(stderr).toContain("Claude Code takes claude-sonnet-4-5 for a Claude model");
});

test("launch tells how to install what is not there", async () => {
  await expect(launchProcess(["pi"], { PATH: tmpdir() })).rejects.toThrow(
    /^"pi" is not installed.*npm install --global @earendil-works\/pi-coding-agent\n$/,
  );
});

test.for([
  ["claude", "claude-code"],
  ["qwen", "qwen-code"],
  ["codx", "codex"],
  ["open", "opencode"],
])("launch %s: did you mean %s?", async ([name = "", meant]) => {
  await expect(launch([name])).rejects.toThrow(
    `"${name}" can't be launched. Did you mean ${meant}? Known are:`,
  );
});

test("launch names those that it knows", async () => {
  await expect(launch(["cursor"])).rejects.toThrow(`Known are: ${programNames.join(", ")}.`);
});

test.for([
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s ends the agent too, and leaves no folder behind", async ([signal, code]) => {
  const bin = await mkdtemp(join(tmpdir(), "launch-ends-"));
  const path = join(bin, "codex");
  await writeFile(
    path,
    `#!${process.execPath}\nprocess.stdout.write(JSON.stringify([process.pid, ...process.argv.slice(2)]));\nsetInterval(() => {}, 1000);\n`,
  );
  await chmod(path, 0o755);
  const child = spawn(process.execPath, [program, "launch", "codex", "--url", given.url], {
    cwd: bin,
    env: { PATH: bin, HOME: bin, TMPDIR: bin },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [first] = (await once(child.stdout, "data")) as [Buffer];
  const [agentId] = JSON.parse(String(first)) as [number, ...string[]];
  child.kill(signal);
  expect(await once(child, "exit")).toEqual([code, null]);
  expect(() => process.kill(agentId, 0)).toThrow("ESRCH");
  expect((await readdir(bin)).filter((name) => name.startsWith("akashchat-api-"))).toEqual([]);
  await rm(bin, { recursive: true });
});

test("launch keeps the key of Codex' own service from it", async () => {
  const { told } = await launch(["codex"], { CODEX_API_KEY: "real-key" });
  expect(allOf(told)).not.toContain("real-key");
});
