import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { createGate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { expectToFit } from "./support/expect-to-fit.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";
import { takePicture } from "./support/take-picture.ts";
import { writeDay } from "./support/write-day.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };

test("an empty gateway says what to do, and fills as soon as the first request arrives", async () => {
  await using stack = await startStack({
    simulator: { tokenLimit: 25_000 },
    overrides: { consoleFolder: builtConsole },
  });
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  await page.getByText("Listening for the first request").waitFor();
  const curl = await page.locator(".code pre").innerText();
  expect(curl).toContain(`curl ${stack.url}/v1/chat/completions`);
  await page.getByText("0 of 25,000 tokens").waitFor();
  await console.check();
  await takePicture(page, "overview-firstrun-light");
  const body = /-d '(.*)'/s.exec(curl)?.[1] ?? "";
  expect((await post(`${stack.url}/v1/chat/completions`, body)).status).toBe(200);
  await page.getByRole("heading", { name: "Requests" }).waitFor();
  await page.locator(".figure strong", { hasText: /^1$/ }).waitFor();
  await console.check();
});

test("a living gateway: figures, upstreams, what is under way, models; in both themes and languages", async () => {
  // With all that the operator sees.
  const admin = "admin-of-this-test";
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  writeDay(stack.gateway.services.ledger, Date.now(), [undefined]);
  const gate = createGate();
  async function* words() {
    yield "one ";
    await gate.promise;
    yield "two";
  }
  for (const _ of [1, 2]) stack.simulator.enqueue({ text: words() });
  const url = `${stack.url}/v1/chat/completions`;
  const streams = await Promise.all(
    ["claude-cli/2.1.332", "open-webui/0.6"].map((agent) =>
      openStream(url, { ...chat, stream: true }, { "user-agent": agent, authorization: `Bearer ${admin}` }),
    ),
  );
  await Promise.all(streams.map((stream) => stream.readUntil("one")));
  const shown = { url: stack.url, ...withToken(admin, stack.url) };
  await using console = await openConsole(browser, shown);
  const { page } = console;
  await page.getByText("2 streams open").waitFor();
  await page.getByText("claude-cli").waitFor();
  await page.locator(".verdict").getByText("unreachable").waitFor();
  await console.check();
  await takePicture(page, "overview-light");
  await using dark = await openConsole(browser, { ...shown, dark: true, locale: "zh-CN" });
  await dark.page.getByText("2 个流进行中").waitFor();
  await dark.check();
  await takePicture(dark.page, "overview-zh-dark");
  await using narrow = await openConsole(browser, { ...shown, width: 360, height: 800 });
  await narrow.page.getByText("2 streams open").waitFor();
  const width = await narrow.page.evaluate("document.documentElement.scrollWidth");
  expect(width).toBe(360);
  await narrow.check();
  await takePicture(narrow.page, "overview-narrow");
  gate.open();
  for (const stream of streams) await stream.readRest();
  await page.getByText("0 streams open").waitFor();
});

test("what rests or is away is tried at once by who may, and its card tells what came of it; the table fits all the same", async () => {
  const [admin, mine] = ["admin-of-this-test", "mine"];
  await using stack = await startShown({ ADMIN_TOKEN: admin, BEARER_TOKEN: mine });
  const { url } = stack;
  const ask = () => post(`${url}/v1/chat/completions`, chat, { authorization: `Bearer ${mine}` });
  stack.simulator.enqueue({ error: { kind: "usage", resetAt: Date.now() / 1000 + 7200 } });
  stack.paid.enqueue({ kind: "error", status: 429, headers: { "retry-after": "50" } });
  await ask();
  await using console = await openConsole(browser, { url, ...withToken(admin, url) });
  const { page } = console;
  const card = (name: string) =>
    page.locator(".upstream", { has: page.getByRole("heading", { name, exact: true }) });
  await page.getByText("No upstream answers now.").waitFor();
  for (const why of ["web used up", "akashml cooling down", "gpu-box unreachable"])
    await page.locator(".models").getByText(why).first().waitFor();
  await expectToFit(page, ".models");
  await card("gpu-box").getByRole("button", { name: "Try now: gpu-box" }).click();
  await card("gpu-box").getByText("in vain. gpu-box (vLLM) could not be reached").waitFor();
  await console.check();
  await card("akashml").getByRole("button").click();
  await card("akashml").getByText("it answers").waitFor();
  await page.getByText("Until then requests go to akashml, which costs money.").waitFor();
  await card("web").getByRole("button").click();
  await card("web").getByText("it answers").waitFor();
  await expect.poll(() => page.getByText("cooling down").count()).toBe(0);
  await expect.poll(() => card("web").getByRole("button").count()).toBe(0);
  expect((await ask()).headers["x-upstream"]).toContain("web/");

  await using other = await openConsole(browser, { url, ...withToken(mine, url) });
  await other.page.locator(".verdict").getByText("unreachable").waitFor();
  expect(await other.page.getByText("Try now").count()).toBe(0);
});
