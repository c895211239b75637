import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { program } from "../support/program.ts";
import { runProgram } from "../support/run-program.ts";
import { startStack } from "../support/start-stack.ts";

const alone = join(dirname(program), program.endsWith(".ts") ? "healthcheck.ts" : "healthcheck.js");

/** As a process: engines start it every few seconds. */
async function runAlone(address: string) {
  const child = spawn(process.execPath, [alone], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"], SERVER_ADDRESS: address },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { code: code as number | null, stderr };
}

async function runCommand(address: string) {
  const { code, stderr, stdout } = await runProgram(["healthcheck"], { SERVER_ADDRESS: address });
  expect(stdout).toBe("");
  return { code, stderr };
}

/** Answers everything with this status. */
async function startServer(status: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each([
  ["the program for containers", runAlone],
  ["the hidden command", runCommand],
])("%s", (_name, run) => {
  test("ends with 0 when the gateway answers", async () => {
    await using stack = await startStack();
    expect(await run(new URL(stack.url).host)).toEqual({ code: 0, stderr: "" });
  });

  test("asks itself where the gateway listens on all addresses", async () => {
    await using stack = await startStack({ env: { SERVER_ADDRESS: "0.0.0.0:0" } });
    expect(await run(`0.0.0.0:${new URL(stack.url).port}`)).toMatchObject({ code: 0 });
  });

  test("ends with 1 and says why when it is ill, away or nowhere", async () => {
    const ill = await startServer(503);
    expect(await run(ill)).toEqual({ code: 1, stderr: `http://${ill}/health answered 503.\n` });
    const away = await run("127.0.0.1:1");
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/^http:\/\/127\.0\.0\.1:1\/health does not answer: .*ECONNREFUSED.*\n$/);
    expect(await run("nowhere")).toEqual({
      code: 1,
      stderr: "SERVER_ADDRESS is not host:port: nowhere\n",
    });
    // Not asked at port 80, which is what it means in a URL.
    expect(await run("127.0.0.1:0")).toEqual({
      code: 1,
      stderr: "SERVER_ADDRESS has port 0, a free one: nobody else knows which. Name a port.\n",
    });
  });
});

test("the health check of containers loads nothing but Node's own modules", () => {
  const source = fileURLToPath(new URL("../../src/", import.meta.url));
  const seen = new Set<string>();
  const packages: string[] = [];
  function visit(file: string): void {
    if (seen.has(file)) return;
    seen.add(file);
    const imports = readFileSync(file, "utf8").matchAll(/^import\s+(?!type\b)[^;]*?"([^"]+)";$/gm);
    for (const [, name = ""] of imports) {
      if (name.startsWith(".")) visit(join(dirname(file), name));
      else if (!name.startsWith("node:")) packages.push(`${file}: ${name}`);
    }
  }
  visit(join(source, "healthcheck.ts"));
  expect(packages).toEqual([]);
  expect([...seen].map((file) => file.slice(source.length)).sort()).toEqual([
    "cli/healthcheck.ts",
    "cli/local-url.ts",
    "healthcheck.ts",
    "server-address.ts",
  ]);
});
