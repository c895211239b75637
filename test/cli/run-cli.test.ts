import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { loadSettingsFile } from "../../src/cli/load-settings-file.ts";
import { readVersion } from "../../src/version.ts";
import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { post } from "../support/post.ts";
import { program } from "../support/program.ts";

/** Starts the program in a folder without a `.env`, with nothing of this machine's settings. */
function start(args: readonly string[], environment: Record<string, string> = {}, folder = tmpdir()) {
  return spawn(process.execPath, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: folder, NO_PROXY: "127.0.0.1", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

async function run(args: readonly string[], environment: Record<string, string> = {}, input = "") {
  const child = start(args, environment);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { stdout, stderr, code: code as number | null };
}

let simulator: Simulator;
let upstream: Record<string, string>;
beforeAll(async () => {
  simulator = await startSimulator();
  upstream = { AKASH_BASE_URL: simulator.url, IMAGE_POLL_MS: "10" };
});
afterAll(() => simulator.close());

describe("the program", () => {
  test("says its version and its commands", async () => {
    expect(await run(["--version"])).toMatchObject({ code: 0, stdout: `${readVersion()}\n` });
    const help = await run(["--help"]);
    expect(help.code).toBe(0);
    for (const command of ["serve", "demo", "doctor", "models", "chat", "image", "connect", "launch"]) {
      expect(help.stdout).toContain(`  ${command}`);
    }
  });

  test("refuses a wrong configuration with all its problems, before anything starts", async () => {
    const { code, stderr } = await run(["serve"], { SERVER_ADDRESS: "nowhere", HEARTBEAT_MS: "soon" });
    expect(code).toBe(2);
    expect(stderr).toContain("SERVER_ADDRESS: must be host:port");
    expect(stderr).toContain("HEARTBEAT_MS: must be a whole number");
  });

  test("tells one default of an option", async () => {
    const { stdout } = await run(["demo", "--help"]);
    expect(stdout).toContain("port of the simulator (default: any free one)\n");
  });

  test("refuses an unknown command and an unknown option", async () => {
    const wrong = await run(["serv"]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("unknown command 'serv'");
    expect(wrong.stderr).toContain("Did you mean serve?");
    expect((await run(["lunch", "codex"])).stderr).toContain("Did you mean launch?");
    expect((await run(["chat", "hi", "--modle", "x"])).stderr).toContain("--model");
  });

  test("says which port is taken", async () => {
    const port = new URL(simulator.url).port;
    const { code, stderr } = await run(["serve"], { SERVER_ADDRESS: `127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(stderr).toContain(`(port ${port})`);
  });
});

describe("chat", () => {
  test("streams the answer to standard output and the thinking, if asked, to standard error", async () => {
    simulator.enqueue({ reasoning: "hm", text: ["Hel", "lo"] });
    const answer = await run(
      ["chat", "hi", "--model", "DeepSeek-V3.2", "--system", "be brief", "--reasoning"],
      upstream,
    );
    expect(answer).toMatchObject({ code: 0, stdout: "Hello\n", stderr: "hm\n---\n" });
    expect(simulator.chats.at(-1)?.body).toMatchObject({ model: "DeepSeek-V3.2", system: "be brief" });
  });

  test("reads the question from standard input, and takes the first model", async () => {
    simulator.enqueue({ text: "42" });
    expect(await run(["chat", "-"], upstream, "six times seven?")).toMatchObject({ code: 0, stdout: "42\n" });
    expect(simulator.chats.at(-1)?.body).toMatchObject({ messages: [{ content: "six times seven?" }] });
  });

  test("says in one line why there is no answer", async () => {
    simulator.enqueue({ error: { kind: "usage" } });
    const { code, stdout, stderr } = await run(["chat", "hi"], upstream);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/usage limit/i);
  });
});

describe("models", () => {
  test("lists ids, one a line, or JSON", async () => {
    const lines = (await run(["models"], upstream)).stdout.trim().split("\n");
    expect(lines[0]).toMatch(/^DeepSeek-V3\.2 +64000 tokens$/);
    expect(lines.at(-1)).toMatch(/^AkashGen +images$/);
    const json: unknown = JSON.parse((await run(["models", "--json"], upstream)).stdout);
    expect(json).toHaveLength(lines.length);
  });

  test("says in one line that there are none", async () => {
    await using failing = await startSimulator({ models: [] });
    const { code, stdout, stderr } = await run(["models"], { AKASH_BASE_URL: failing.url });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^[^\n]*lists no models[^\n]*\n$/);
  });
});

describe("image", () => {
  test("writes the picture in the format of the file's ending, and tells how it goes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      simulator.enqueue({
        image: { prompt: "A cat's portrait", statuses: ["waiting", "pending", "succeeded"] },
      });
      const out = join(folder, "cat.png");
      const { code, stderr } = await run(["image", "a cat", "--out", out], upstream);
      expect(code).toBe(0);
      expect(stderr).toContain("Prompt: A cat's portrait");
      expect(stderr).toMatch(/waiting, queue position \d+, 0 s/);
      expect((await readFile(out)).subarray(1, 4).toString("latin1")).toBe("PNG");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("draws also while the list of models hides the one that draws", async () => {
    await using hiding = await startSimulator({ generation: "A", models: [{ id: "DeepSeek-V3.2" }] });
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      hiding.enqueue({ image: { prompt: "A cat" } });
      const out = join(folder, "cat.webp");
      const { code } = await run(["image", "a cat", "--out", out], {
        ...upstream,
        AKASH_BASE_URL: hiding.url,
      });
      expect(code).toBe(0);
      expect((await readFile(out)).byteLength).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("writes nothing when what comes is no picture", async () => {
    const folder = await mkdtemp(join(tmpdir(), "image-"));
    try {
      const file = { body: Buffer.from("<html>Bad Gateway</html>") };
      simulator.enqueue({ image: { prompt: "A cat", statuses: ["succeeded"], file } });
      const { code, stderr } = await run(["image", "a cat", "--out", join(folder, "cat.webp")], upstream);
      expect(code).toBe(1);
      expect(stderr).toContain("Have the picture made again");
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test("refuses a file ending that it can't make before it asks for anything", async () => {
    const before = simulator.requests.length;
    const { code, stderr } = await run(["image", "a cat", "--out", "cat.gif"], upstream);
    expect(code).toBe(2);
    expect(stderr).toContain(".webp");
    expect(simulator.requests).toHaveLength(before);
  });
});

describe("doctor", () => {
  test("passes every check on a working upstream", async () => {
    simulator.enqueue({ text: "ready" });
    const { code, stdout } = await run(["doctor"], upstream);
    expect(stdout).toMatch(/ok {4}session .*good for \d+ s/);
    expect(stdout).toMatch(/ok {4}models .*e\.g\. DeepSeek-V3\.2/);
    expect(stdout).toMatch(/ok {4}completion .*said "ready"/);
    expect(code).toBe(0);
  });

  test.each([
    ["nobody listens", { AKASH_BASE_URL: "http://127.0.0.1:9" }, /FAIL {2}session .*refused/],
    ["the name is wrong", { AKASH_BASE_URL: "http://akash.invalid" }, /FAIL {2}session .*DNS/],
  ])("says what to do when %s", async (_, environment, finding) => {
    const { code, stdout } = await run(["doctor"], environment);
    expect(stdout).toMatch(finding);
    expect(code).toBe(1);
  });

  test("tells how far the list of models can be trusted", async () => {
    await using away = await startSimulator();
    away.setDatabase("down");
    const raw = await run(["doctor"], { AKASH_BASE_URL: away.url });
    expect(raw.stdout).toMatch(/ok {4}models .*back end's ids.*e\.g\. deepseek-ai\/DeepSeek-V3\.2/);
    expect(raw.code).toBe(0);
    away.setDatabase("up");
    away.setModels([{ id: "AkashGen" }]);
    const empty = await run(["doctor"], { AKASH_BASE_URL: away.url });
    expect(empty.stdout).toMatch(/FAIL {2}models .*No chat model/);
    expect(empty.code).toBe(1);
  });

  test("tells of a spent budget and of a configuration that is wrong", async () => {
    await using spent = await startSimulator({ tokenLimit: 1 });
    await run(["chat", "hi"], { AKASH_BASE_URL: spent.url });
    const { stdout, code } = await run(["doctor"], { AKASH_BASE_URL: spent.url });
    expect(stdout).toMatch(/FAIL {2}usage budget .*renewed at \d{4}-/);
    expect(code).toBe(1);
    expect(await run(["doctor"], { REASONING: "loud" })).toMatchObject({ code: 2 });
  });
});

describe("demo", () => {
  test("serves answers offline and ends at SIGTERM", async () => {
    const child = start(["demo"], { SERVER_ADDRESS: "127.0.0.1:0", LOG_FORMAT: "json" });
    const lines = createInterface({ input: child.stdout });
    let url: string | undefined;
    for await (const line of lines) {
      url = /listening at (http:[^"]+)/.exec(line)?.[1];
      if (url !== undefined) break;
    }
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] }),
    });
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toContain('"finish_reason":"stop"');
    expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok" });
    child.stdout.resume();
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

/** Starts `serve` with its log as JSON. */
function startServer(environment: Record<string, string>, folder?: string) {
  const child = start(
    ["serve"],
    { SERVER_ADDRESS: "127.0.0.1:0", LOG_FORMAT: "json", ...upstream, ...environment },
    folder,
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  let log = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (log += text));

  /** Resolves with the log as soon as it holds `part`. */
  async function logged(part: string): Promise<string> {
    while (!log.includes(part)) await once(child.stdout, "data");
    return log;
  }

  async function listening(): Promise<string> {
    const text = await logged("listening at");
    return /listening at (http:[^"]+)/.exec(text)?.[1] ?? "";
  }

  return { child, logged, listening };
}

/** On a signal something fails that no request waits for, or throws where nobody catches. */
const accident = (code: string) => ({
  NODE_OPTIONS: `--import "data:text/javascript,process.on('SIGUSR2',()=>{${code}})"`,
});

describe("serve", () => {
  const failure = "Object.assign(new Error('stray'),{headers:{cookie:'s3'+'cret'}})";

  test("goes on after a failure that nobody waited for, and logs it without what hangs on it", async () => {
    const { child, logged, listening } = startServer(accident(`Promise.reject(${failure})`));
    const url = await listening();
    child.kill("SIGUSR2");
    expect(await logged("stray")).not.toContain("s3cret");
    expect((await fetch(`${url}/health`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("ends with status 1 after an exception that nobody caught", async () => {
    const { child, logged, listening } = startServer(accident(`throw ${failure}`));
    await listening();
    const exit = once(child, "exit");
    child.kill("SIGUSR2");
    expect(await logged("stray")).not.toContain("s3cret");
    expect(await exit).toEqual([1, null]);
  });

  test.each([
    ["0.0.0.0:0", {}, true],
    ["0.0.0.0:0", { BEARER_TOKEN: "key" }, false],
    ["127.0.0.1:0", {}, false],
  ])("on %s with %j warns that anybody may use it: %s", async (address, settings, warns) => {
    const { child, logged } = startServer({ SERVER_ADDRESS: address, ...settings });
    const log = await logged("listening at");
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(log.includes("BEARER_TOKEN is not set")).toBe(warns);
  });
});

async function runIn(folder: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = start(args, environment, folder);
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { stderr, code: code as number | null };
}

describe("a .env file", () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  async function createFolder(content: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "settings-"));
    folders.push(folder);
    await writeFile(join(folder, ".env"), content);
    return folder;
  }

  test("fills in settings that the environment does not have", async () => {
    const folder = await createFolder("HEARTBEAT_MS=soon\nREASONING=maybe\n");
    const { code, stderr } = await runIn(folder, ["models"], { REASONING: "drop" });
    expect(code).toBe(2);
    expect(stderr).toContain("HEARTBEAT_MS");
    expect(stderr).not.toContain("REASONING");
  });

  test("sets nothing but the gateway's settings and proxies", async () => {
    const folder = await createFolder(
      "NODE_OPTIONS=--import ./evil.js\nHTTP_PROXY=http://p\nREASONING=drop\n",
    );
    const environment: NodeJS.ProcessEnv = {};
    loadSettingsFile(join(folder, ".env"), environment);
    expect(environment).toEqual({ HTTP_PROXY: "http://p", REASONING: "drop" });
  });

  test("of a project does not say where the agents that are launched there find their model", async () => {
    const folder = await createFolder("PUBLIC_URL=http://evil.example\nLOG_LEVEL=verbose\n");
    const { stderr } = await runIn(folder, ["launch", "claude-code"], { SERVER_ADDRESS: "127.0.0.1:9" });
    expect(stderr).toContain("No gateway answers at http://127.0.0.1:9");
  });
});

test("DATA_DIR keeps responses on a Node that has SQLite; another says what it needs, and starts nothing", async () => {
  const folder = await mkdtemp(join(tmpdir(), "data-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const server = startServer({ DATA_DIR: join(folder, "data") });
  if (isBuiltin("node:sqlite")) {
    const url = await server.listening();
    const body = { model: "DeepSeek-V3.2", input: "Say hello" };
    const { id } = (await post(`${url}/v1/responses`, body)).json();
    expect((await fetch(`${url}/v1/responses/${id}`)).status).toBe(200);
    expect(await readdir(join(folder, "data"))).toContain("responses.sqlite");
  } else {
    const [stderr, [code]] = await Promise.all([text(server.child.stderr), once(server.child, "exit")]);
    expect(stderr).toMatch(/DATA_DIR: .*needs Node 22\.13 or newer, and this is v.*unset DATA_DIR/);
    expect(code).toBe(2);
  }
});
