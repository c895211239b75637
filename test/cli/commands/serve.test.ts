import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { describe, expect, onTestFinished, test } from "vitest";

import { createGate } from "../../support/gate.ts";
import { post } from "../../support/post.ts";
import { spawnProgram, startProgram } from "../../support/run-program.ts";
import { useSimulator } from "../../support/use-simulator.ts";

const akash = useSimulator();

/** Starts `serve` with its log as JSON. */
function startServer(environment: Record<string, string>, folder?: string) {
  const child = startProgram(
    ["serve"],
    { SERVER_ADDRESS: "127.0.0.1:0", LOG_FORMAT: "json", ...akash.settings, ...environment },
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

  test("goes on after SIGHUP without a terminal, and says what a signal to stop waits for", async () => {
    const { child, logged, listening } = startServer({});
    const url = await listening();
    child.kill("SIGHUP");
    await logged("SIGHUP changes nothing");
    const gate = createGate();
    const before = akash.simulator.chats.length;
    akash.simulator.enqueue({ text: ["slow", "ly"], gate: gate.promise });
    const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "hi" }] };
    const answer = post(`${url}/v1/chat/completions`, body);
    await akash.simulator.waitForChat(before);
    child.kill("SIGTERM");
    await logged("SIGTERM again ends at once, without waiting.");
    gate.open();
    expect((await answer).status).toBe(200);
    expect(await once(child, "exit")).toEqual([0, null]);
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

test.runIf(isBuiltin("node:sqlite"))("a second gateway on a DATA_DIR is told so when it starts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "data-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const first = startServer({ DATA_DIR: folder });
  await first.listening();
  const second = startServer({ DATA_DIR: folder });
  await second.listening();
  expect(await second.logged("data-dir-taken")).toContain(`another gateway uses the DATA_DIR ${folder}`);
  expect(await first.logged("start")).not.toContain("data-dir-taken");
});

test
  .runIf(isBuiltin("node:sqlite"))
  .each([
    { name: "a file", DATA_DIR: fileURLToPath(import.meta.url), reason: "is a file, not a folder" },
    { name: "below a file", DATA_DIR: "/dev/null/x", reason: "is a file, not a folder" },
    ...(process.platform === "linux"
      ? [{ name: "no place for folders", DATA_DIR: "/proc/x", reason: "ENOENT" }]
      : []),
  ])("a DATA_DIR that is $name fails the start, by its name and the reason", async ({ DATA_DIR, reason }) => {
  const settings = { SERVER_ADDRESS: "127.0.0.1:0", CONFIG_FILE: "none" };
  for (const more of [{}, { WORKERS: "2" }]) {
    const { code, stderr } = await spawnProgram(["serve"], { ...settings, DATA_DIR, ...more });
    expect(code).toBe(2);
    expect(stderr).toContain("DATA_DIR: ");
    expect(stderr).toContain(DATA_DIR);
    expect(stderr).toContain(reason);
  }
});

test.each([
  { taken: "SERVER_ADDRESS", code: 1, says: "The address is in use" },
  {
    taken: "METRICS_ADDRESS",
    code: 2,
    says: /^The configuration is wrong:\n {2}METRICS_ADDRESS: .*EADDRINUSE/,
  },
])("a $taken that is taken ends the start by itself, whatever was opened", async ({ taken, code, says }) => {
  const folder = await mkdtemp(join(tmpdir(), "data-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  // A proxy's time is for those who were served.
  const settings = { SERVER_ADDRESS: "127.0.0.1:0", CONFIG_FILE: "none", SHUTDOWN_DELAY_MS: "600000" };
  const data = isBuiltin("node:sqlite") ? { DATA_DIR: folder } : {};
  for (const more of [{}, data, { ...data, WORKERS: "2" }]) {
    const run = await spawnProgram(["serve"], { ...settings, [taken]: `127.0.0.1:${port}`, ...more });
    expect(run.code).toBe(code);
    expect(run.stderr).toMatch(says);
  }
});

test.each([
  { wrong: "gateway.yaml", content: "upstreams: 7", says: /gateway\.yaml.*upstreams/ },
  { wrong: "image-link-secret", content: "", says: /image-link-secret holds no secret/ },
])("a $wrong in DATA_DIR that is wrong ends the start by itself", async ({ wrong, content, says }) => {
  const folder = await mkdtemp(join(tmpdir(), "data-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, wrong), content);
  const { code, stderr } = await spawnProgram(["serve"], { SERVER_ADDRESS: "127.0.0.1:0", DATA_DIR: folder });
  expect(code).toBe(2);
  if (isBuiltin("node:sqlite")) expect(stderr).toMatch(says);
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
