/** What a command uses is what its terminal has: several run in one process, and none touches that. */
import { EventEmitter, once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { runCli } from "../../src/cli/run-cli.ts";
import { createGate } from "../support/gate.ts";
import { createTerminal, runProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";
import { useSimulator } from "../support/use-simulator.ts";

const akash = useSimulator();

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "terminal-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A proxy that lets nobody through, and what it was asked for. */
async function startProxy() {
  const asked: string[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  server.on("connect", ({ url = "" }, socket) => {
    asked.push(url);
    socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  });
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test("upstreams are asked by the proxy of its environment, or of its files, side by side", async () => {
  const [one, other] = [await startProxy(), await startProxy()];
  const folder = await createFolder();
  await writeFile(join(folder, ".env"), `HTTP_PROXY=${other.url}\n`);
  const runs = await Promise.all([
    runProgram(["models"], { AKASH_BASE_URL: "http://one.test", HTTP_PROXY: one.url }),
    runProgram(["doctor"], { AKASH_BASE_URL: "http://other.test" }, { folder }),
  ]);
  expect(runs[0].stderr).toContain("the HTTP proxy refused the connection with status 407");
  expect(runs[1].stdout).toContain(`by the proxy ${new URL(other.url).host}\n`);
  expect([new Set(one.asked), new Set(other.asked)]).toEqual([
    new Set(["one.test:80"]),
    new Set(["other.test:80"]),
  ]);
  const direct = { AKASH_BASE_URL: "http://one.invalid", HTTP_PROXY: one.url, NO_PROXY: "one.invalid" };
  expect((await runProgram(["models"], direct)).stderr).not.toContain("proxy");
  expect([process.env["AKASH_BASE_URL"], process.env["HTTP_PROXY"]]).toEqual([undefined, undefined]);
});

test("relative paths of arguments, settings and clients' folders begin in its folder", async () => {
  await using stack = await startStack({ env: { BEARER_TOKEN: "a-key" } });
  const folder = await createFolder();
  await writeFile(join(folder, "key"), "a-key\n");
  const write = ["connect", "codex", "--write", "--yes", "--url", stack.url, "--key-file", "key"];
  const written = await runProgram(write, { CODEX_HOME: "agent" }, { folder });
  expect(written).toMatchObject({ code: 0, stderr: "" });
  expect(written.stdout).toContain(`${join("agent", "config.toml")} (new):`);
  expect(await readFile(join(folder, "agent", "config.toml"), "utf8")).toContain(stack.url);

  const draw = ["image", "a cat", "--out", "cat.png"];
  expect(await runProgram(draw, { ...akash.settings, DATA_DIR: "data" }, { folder })).toMatchObject({
    code: 0,
  });
  expect((await readFile(join(folder, "cat.png"))).subarray(1, 4).toString("latin1")).toBe("PNG");
  expect(await readFile(join(folder, "data", "image-link-secret"), "utf8")).not.toBe("");
});

test("Ctrl-C ends an answer, with the exit code of a program that it ends", async () => {
  const gate = createGate();
  const before = akash.simulator.chats.length;
  akash.simulator.enqueue({ text: ["slow", "ly"], gate: gate.promise });
  const signals = new EventEmitter();
  const { terminal, written } = createTerminal(akash.settings);
  const run = runCli(["chat", "hi"], { ...terminal, signals });
  await akash.simulator.waitForChat(before);
  signals.emit("SIGINT");
  expect(await run).toBe(130);
  gate.open();
  expect(written().stderr).toBe("");
  expect(signals.listenerCount("SIGINT")).toBe(0);
});
