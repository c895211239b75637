import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";

import { builtConsole } from "../../../src/built-console.ts";
import { pageOrder } from "../../../src/console/pages/page-order.ts";
import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { openConsole } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";

const folder = fileURLToPath(builtConsole);
const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
/** What whoever opens one page gets, in bytes of gzip. */
const most = 80_000;

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const sum = (ending: string) =>
  files
    .filter((name) => name.endsWith(ending))
    .reduce((bytes, name) => bytes + statSync(folder + name).size, 0);

test("its compressed files are what they are of", () => {
  console.log(`The console: ${sum(".br")} bytes as brotli, ${sum(".gz")} as gzip.`);
  const plain = files.filter((name) => /\.(?:html|js|css)$/.test(name));
  expect(plain.length).toBeGreaterThan(2);
  for (const name of plain)
    expect(gunzipSync(readFileSync(`${folder}${name}.gz`)).equals(readFileSync(folder + name)), name).toBe(
      true,
    );
});

test("whoever opens one page gets less than 80 kB, charts included", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  await post(`${stack.url}/v1/chat/completions`, body);
  for (const name of pageOrder) {
    await using opened = await openConsole(browser, { url: stack.url, route: `#/${name}` });
    await opened.page.locator("main h1, main .message").first().waitFor();
    if (name === "overview") await opened.page.locator("canvas").first().waitFor();
    const got = await opened.page.evaluate<string[]>(
      "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)",
    );
    const assets = got.flatMap((path) => /^\/console\/(assets\/.*)$/.exec(path)?.[1] ?? []);
    const bytes = [...new Set(["index.html", ...assets])].map((path) => statSync(`${folder}${path}.gz`).size);
    const all = bytes.reduce((sum, one) => sum + one, 0);
    console.log(`${name}: ${all} bytes of gzip.`);
    expect(all, name).toBeLessThan(most);
    expect(all, name).toBeGreaterThan(20_000);
  }
});

// Speed is told, and judged by nobody.
test("tells how long it takes until it can be used", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  await post(`${stack.url}/v1/chat/completions`, body);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await using opened = await openConsole(browser, { url: stack.url });
    await opened.page.getByRole("heading", { name: "Models" }).waitFor();
    times.push(Number(await opened.page.evaluate("performance.now()")));
  }
  const [, , median = 0] = times.sort((one, other) => one - other);
  console.log(`The console can be used after ${Math.round(median)} ms (median of 5).`);
  expect(times).toHaveLength(5);
});
