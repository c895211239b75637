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
import { startStack } from "../support/start-stack.ts";

const alone = [join(dirname(program), program.endsWith(".ts") ? "healthcheck.ts" : "healthcheck.js")];

async function run(args: readonly string[], address: string) {
  const child = spawn(process.execPath, args, {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"], SERVER_ADDRESS: address },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  return { code: code as number | null, stderr };
}

/** Answers everything with this status. */
async function startServer(status: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end());
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each([
  ["the program for containers", alone],
  ["the hidden command", [program, "healthcheck"]],
])("%s", (_name, args) => {
  test("ends with 0 when the gateway answers", async () => {
    await using stack = await startStack();
    expect(await run(args, new URL(stack.url).host)).toEqual({ code: 0, stderr: "" });
  });

  test("asks itself where the gateway listens on all addresses", async () => {
    await using stack = await startStack({ env: { SERVER_ADDRESS: "0.0.0.0:0" } });
    expect(await run(args, `0.0.0.0:${new URL(stack.url).port}`)).toMatchObject({ code: 0 });
  });

  test("ends with 1 and says why when it is ill, away or nowhere", async () => {
    const ill = await startServer(503);
    expect(await run(args, ill)).toEqual({ code: 1, stderr: `http://${ill}/health answered 503.\n` });
    const away = await run(args, "127.0.0.1:1");
    expect(away.code).toBe(1);
    expect(away.stderr).toMatch(/^http:\/\/127\.0\.0\.1:1\/health does not answer: .*ECONNREFUSED.*\n$/);
    expect(await run(args, "nowhere")).toEqual({
      code: 1,
      stderr: "SERVER_ADDRESS is not host:port: nowhere\n",
    });
    // Not asked at port 80, which is what it means in a URL.
    expect(await run(args, "127.0.0.1:0")).toEqual({
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
