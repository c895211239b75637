import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { findCoding } from "../../../src/server/built-page/accepted-coding.ts";
import { get, post, send } from "../../support/post.ts";
import { startPrefixProxy } from "../../support/start-prefix-proxy.ts";
import { type StackOptions, startStack } from "../../support/start-stack.ts";

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const page = `<!doctype html><script type="module" src="./assets/index-abc.js"></script>`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "console-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), page);
  writeFileSync(join(folder, "assets/index-abc.js"), "1");
  writeFileSync(join(folder, "assets/index-abc.js.gz"), gzipSync("1"));
  writeFileSync(join(folder, "assets/index-abc.css"), "a{}");
});
afterAll(() => rmSync(folder, { recursive: true }));

const startBuilt = (env: StackOptions["env"] = {}) =>
  startStack({ env, overrides: { consoleFolder: pathToFileURL(`${folder}/`) } });

describe("a built console", () => {
  test("is where a browser is sent from the root; programs get their JSON", async () => {
    await using stack = await startBuilt({ BEARER_TOKEN: "s3cret" });
    const home = await get(stack.url, browser);
    expect([home.status, home.headers["location"]]).toEqual([302, "console/"]);
    expect((await get(stack.url)).json()).toMatchObject({ name: "akashchat-api" });
    const console = await get(`${stack.url}/console`, browser);
    expect([console.status, console.headers["location"]]).toEqual([308, "console/"]);
    expect(stack.simulator.requests).toEqual([]);
  });

  test("is open, looked after each time, and runs nothing but its own", async () => {
    await using stack = await startBuilt({ BEARER_TOKEN: "s3cret" });
    const { status, text, headers } = await get(`${stack.url}/console/`, browser);
    expect([status, text]).toEqual([200, page]);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      etag: expect.stringMatching(/^"/),
    });
    const policy = String(headers["content-security-policy"]);
    expect(policy).not.toContain("unsafe");
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
    ])
      expect(policy.split("; ")).toContain(part);
    const again = await get(`${stack.url}/console/`, {
      ...browser,
      "if-none-match": String(headers["etag"]),
    });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  test("has files that never change, as small as the browser takes them", async () => {
    await using stack = await startBuilt();
    const url = `${stack.url}/console/assets/index-abc.js`;
    const plain = await get(url);
    expect([plain.text, plain.headers["content-encoding"]]).toEqual(["1", undefined]);
    expect(plain.headers).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    const small = await get(url, { "accept-encoding": "gzip, br" });
    expect(small.headers["content-encoding"]).toBe("gzip");
    expect(small.headers["etag"]).not.toBe(plain.headers["etag"]);
    const style = await get(`${stack.url}/console/assets/index-abc.css`);
    expect(style.headers["content-type"]).toBe("text/css; charset=utf-8");
  });

  test.each([
    "/console/assets/none.js",
    "/console/assets/..%2findex.html",
    "/console/assets/index-abc.js.gz",
    "/console/else",
  ])("has nothing at %s", async (path) => {
    await using stack = await startBuilt();
    expect((await get(stack.url + path)).status).toBe(404);
  });

  test("works behind a path of which only its proxy knows, and of which PUBLIC_URL tells", async () => {
    await using stack = await startBuilt();
    await using proxy = await startPrefixProxy(stack.url, "/akash");
    expect((await get(`${proxy.url}/akash/console/`, browser)).text).toBe(page);
    await using named = await startBuilt({ PUBLIC_URL: "https://ai.example.com/akash" });
    expect((await get(named.url, browser)).headers["location"]).toBe("https://ai.example.com/akash/console/");
  });

  test("is there for HEAD, and takes nothing else", async () => {
    await using stack = await startBuilt();
    expect((await send("HEAD", `${stack.url}/console/`, null)).status).toBe(200);
    const posted = await post(`${stack.url}/console/`, {});
    expect([posted.status, posted.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });
});

describe("without a built console", () => {
  test("/console says what to do, and the root shows its page", async () => {
    await using stack = await startStack();
    const page = await get(`${stack.url}/console/`, browser);
    expect([page.status, page.text]).toEqual([
      404,
      expect.stringContaining("npm ci &amp;&amp; npm run build"),
    ]);
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    const program = await get(`${stack.url}/console/`);
    expect([program.status, program.json().error.message]).toEqual([
      404,
      expect.stringContaining("npm run build"),
    ]);
    expect((await get(stack.url, browser)).status).toBe(200);
  });
});

test.each([
  ["gzip, deflate, br, zstd", "br"],
  ["gzip", "gzip"],
  ["br;q=0, gzip;q=0.5", "gzip"],
  ["*", "br"],
  ["GZIP", "gzip"],
  ["", "identity"],
  [undefined, "identity"],
  ["deflate", "identity"],
])("Accept-Encoding %j gets %s", (accept, expected) => {
  expect(findCoding(accept, ["br", "gzip", "identity"])).toBe(expected);
});
