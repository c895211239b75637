import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { createGate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

/** What would run, or draw an element, wherever it is taken for more than text. */
const evil = `"><img src=x onerror=window.ran=1><script>window.ran=1</script>{{7*7}}`;
const bearer = { authorization: "Bearer operators-own" };

test("names of models, keys, clients and aliases, and words of upstreams, are text and nothing else", async () => {
  await using stack = await startStack({
    env: { ADMIN_TOKEN: "operators-own", MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2" },
    simulator: { models: [{ id: "DeepSeek-V3.2" }, { id: `m${evil}` }, { id: "javascript:window.ran=1" }] },
    overrides: { consoleFolder: builtConsole },
  });
  const { url } = stack;
  const wish = { name: `k${evil}`, models: [`p${evil}`, "*"] };
  const { id, key } = (await post(`${url}/admin/v1/keys`, wish, bearer)).json();
  await post(`${url}/admin/v1/keys`, { name: `child${evil}`, parent: id }, bearer);
  const gate = createGate();
  async function* words() {
    yield evil;
    await gate.promise;
  }
  for (const _ of [1, 2]) stack.simulator.enqueue({ text: words() });
  const ask = { model: `m${evil}`, stream: true, messages: [{ role: "user", content: evil }] };
  const streams = [
    await openStream(`${url}/v1/chat/completions`, ask, { "user-agent": evil, ...bearer }),
    await openStream(`${url}/v1/chat/completions`, ask, { authorization: `Bearer ${key}` }),
  ];
  await Promise.all(streams.map((stream) => stream.readUntil("{{7*7}}")));
  await post(`${url}/v1/chat/completions`, { ...ask, model: evil, stream: false }, bearer);

  await using console = await openConsole(browser, { url, ...withToken("operators-own", url) });
  const { page } = console;
  async function lookForTraces(): Promise<void> {
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect(
      await page
        .locator("img, script:not([src]), [onerror], [onload], iframe, a[href^='javascript']")
        .count(),
    ).toBe(0);
    expect(await page.locator("[style*=expression]").count()).toBe(0);
    await console.check();
  }
  await page.getByText(`m${evil}`).first().waitFor();
  await page.getByText(`k${evil}`).first().waitFor();
  await lookForTraces();
  await page.keyboard.press("4");
  await page.getByText(`child${evil}`).waitFor();
  await page.getByRole("link", { name: `Show k${evil}` }).click();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText(`With it end: child${evil}.`).waitFor();
  await lookForTraces();
  gate.open();
  for (const stream of streams) await stream.readRest();
});

test("what stands in the address is a page or none, a filter or a mistake, and runs nothing", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  const route = `#/${encodeURIComponent(evil)}?selected=${encodeURIComponent(evil)}`;
  await using console = await openConsole(browser, { url: stack.url, route });
  await console.page.getByText("There is no such page.").waitFor();
  expect(await console.page.evaluate("window.ran")).toBeUndefined();
  await console.check();
  const { page } = console;
  await page.goto(`${stack.url}/console/#/requests?request=.`);
  await page.getByText("There is no request '.'").waitFor();
  await page.goto(`${stack.url}/console/#/requests?from=soon&to=later`);
  await page.getByText("'from' is not valid").waitFor();
  await page.getByText("soon – later").waitFor();
  await console.check(400);
});
