import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { readConfig } from "../../../src/config.ts";
import { createGateway } from "../../../src/gateway.ts";
import { post } from "../../support/post.ts";
import { startPrefixProxy } from "../../support/start-prefix-proxy.ts";
import { startStack, type StackOptions } from "../../support/start-stack.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };

/** A gateway that has answered once. */
async function startAsked(env: StackOptions["env"] = {}) {
  const stack = await startStack({ env, overrides: { consoleFolder: builtConsole } });
  await post(`${stack.url}/v1/chat/completions`, chat);
  return stack;
}

test("keys, theme and language: as the system has them until they are switched, and kept", async () => {
  await using stack = await startAsked();
  await using console = await openConsole(browser, { url: stack.url, dark: true });
  const { page } = console;
  const theme = () => page.locator("html").getAttribute("data-theme");
  await page.getByRole("heading", { name: "Models" }).waitFor();
  expect(await theme()).toBe("dark");
  await page.getByRole("button", { name: "Theme: as the system" }).click();
  expect(await theme()).toBe("light");
  await page.getByRole("button", { name: "EN: switch to Chinese" }).click();
  await page.getByRole("heading", { name: "总览" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "总览" }).waitFor();
  expect([await theme(), await page.locator("html").getAttribute("lang")]).toEqual(["light", "zh-CN"]);
  await page.keyboard.press("4");
  await page.getByRole("heading", { name: "密钥", exact: true }).waitFor();
  await page.keyboard.press("1");
  await page.getByRole("heading", { name: "总览" }).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await console.check();
  await page.getByRole("switch").click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.keyboard.press("4");
  await page.getByRole("heading", { name: "总览" }).waitFor();
  await console.check();
});

test("a chart shows all values of the step that is pointed at, and the same as a table", async () => {
  await using stack = await startAsked();
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  const card = page.locator(".chart-card").first();
  await card.locator("canvas").waitFor();
  const box = await card.locator(".u-over").boundingBox();
  if (box === null) throw new Error("The chart has no place.");
  await page.mouse.move(box.x + box.width - 3, box.y + 20);
  const reading = card.locator(".chart-reading");
  await reading.getByText(/1\s*answered/).waitFor();
  await reading.getByText(/0\s*failed/).waitFor();
  await card.getByRole("button", { name: "Show as table" }).click();
  const row = card.getByRole("row").nth(1);
  expect((await row.getByRole("cell").allInnerTexts()).map((text) => text.trim())).toEqual(["0", "1"]);
  await console.check();
});

test("the span is chosen, and the figures follow", async () => {
  await using stack = await startAsked();
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  for (const span of ["1 h", "7 d", "30 d"]) {
    await page.getByRole("button", { name: span, exact: true }).click();
    await page.getByRole("columnheader", { name: span, exact: true }).waitFor();
    await page.locator(".figure strong", { hasText: /^1$/ }).waitFor();
  }
  await console.check();
});

test("over plain HTTP, where there is no clipboard for pages, a text is copied, and the focus stays", async () => {
  await using stack = await startAsked();
  await using console = await openConsole(browser, { url: stack.url, route: "#/connect" });
  const { page } = console;
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.reload();
  await page.getByRole("button", { name: "Copy", exact: true }).first().focus();
  await page.keyboard.press("Enter");
  await page.getByText("Copied").waitFor();
  // It says so for a while.
  expect(await page.locator(":focus").innerText()).toMatch(/^Cop(?:ied|y)$/);
  await console.check();
});

test("no page scrolls sideways: not on a phone, nor in half a window or at 200 %, whatever a model is called", async () => {
  const models = [{ id: "DeepSeek-V3.2" }, { id: "a-very-long-name-of-a-model-".repeat(7) }];
  await using stack = await startStack({ simulator: { models }, overrides: { consoleFolder: builtConsole } });
  await post(`${stack.url}/v1/chat/completions`, { ...chat, model: models[1]?.id });
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  const wide: string[] = [];
  for (const name of ["Overview", "Playground", "Requests", "Keys", "Connect"]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { name, exact: true }).waitFor();
    if (name === "Overview") await page.locator(".models").waitFor();
    if (name === "Requests") await page.locator(".request-table").waitFor();
    for (const width of [360, 700, 880, 900, 1080]) {
      await page.setViewportSize({ width, height: 900 });
      const over = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      if ((await page.evaluate<number>(over)) > 0) wide.push(`${name} at ${width}`);
    }
  }
  expect(wide).toEqual([]);
  await console.check();
});

test("behind a path that only the proxy knows", async () => {
  await using stack = await startAsked();
  await using proxy = await startPrefixProxy(stack.url, "/akash");
  await using console = await openConsole(browser, { url: `${proxy.url}/akash` });
  await console.page.getByRole("heading", { name: "Overview" }).waitFor();
  await console.check();
});

test("without a ledger its panel says so, and the rest is there", async () => {
  await using stack = await startAsked({ LEDGER_DAYS: "0" });
  await using console = await openConsole(browser, { url: stack.url });
  await console.page.getByText("Figures could not be read").waitFor();
  await console.page.getByRole("heading", { name: "Models" }).waitFor();
  await console.check();
});

test("a gateway that is gone is said to be, and one that is back is followed again", async () => {
  await using stack = await startAsked();
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  await page.getByText("0 streams open").waitFor();
  await stack.gateway.close();
  await page.getByText("No connection since").waitFor();
  await page.getByText("not live").waitFor();
  const { port } = new URL(stack.url);
  const config = readConfig({
    SERVER_ADDRESS: `127.0.0.1:${port}`,
    CONFIG_FILE: "none",
    AKASH_BASE_URL: stack.simulator.url,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
  });
  const again = await createGateway(config, { consoleFolder: builtConsole });
  await again.listen();
  await page.getByText("0 streams open").waitFor();
  expect(await page.getByText("No connection since").count()).toBe(0);
  await again.close();
});

test("/ leads to a page, a request, a key or a model by a few letters, by the keyboard alone", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  const { url } = stack;
  const bearer = { authorization: "Bearer operators-own" };
  const { key } = (await post(`${url}/admin/v1/keys`, { name: "ci-agents" }, bearer)).json();
  const asked = await post(`${url}/v1/chat/completions`, chat, { authorization: `Bearer ${key}` });
  const id = String(asked.headers["x-request-id"]);
  await using console = await openConsole(browser, { url, ...withToken("operators-own", url) });
  const { page } = console;
  await page.getByRole("heading", { name: "Models" }).waitFor();
  const options = page.getByRole("dialog").getByRole("option");
  const go = async (text: string, first: string, ...keys: readonly string[]) => {
    await page.keyboard.press("/");
    await page.keyboard.type(text);
    await options.filter({ hasText: first }).first().waitFor();
    for (const one of [...keys, "Enter"]) await page.keyboard.press(one);
    await page.getByRole("dialog").waitFor({ state: "hidden" });
  };
  await page.keyboard.press("/");
  await expect.poll(() => options.allInnerTexts()).toHaveLength(5);
  await console.check();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });

  await go("ke", "Keys");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await go("ci-a", "Key ci-agents");
  await page.locator(".key-panel").getByText("ci-agents").waitFor();
  await go("ci-a", "Requests of ci-agents", "ArrowDown");
  await page.locator(".request-table .cell-key", { hasText: "ci-agents" }).first().waitFor();
  await page.getByRole("button", { name: "/: go to" }).click();
  await page.keyboard.type(id.slice(0, 8));
  await options.filter({ hasText: "ci-agents" }).first().click();
  await page.getByRole("heading", { name: id }).waitFor();
  await go("qwen", "Chat with Qwen3.6-35B-A3B");
  await page.getByText("Ask it something.").waitFor();
  await expect.poll(() => page.locator(".model-choice select").inputValue()).toBe("Qwen3.6-35B-A3B");
  await console.check();
});

test("while a token is asked for, keys are letters", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  await page.getByLabel("Token or key").waitFor();
  for (const key of ["Escape", "?", "/"]) await page.locator("body").press(key);
  await page.getByLabel("Token or key").fill("operators-own");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Models" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
});
