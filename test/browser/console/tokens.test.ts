import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { post } from "../../support/post.ts";
import { startStack, type Stack } from "../../support/start-stack.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";

const operator = "operators-own";
let browser: Browser;
let stack: Stack;
beforeAll(async () => {
  browser = await connectBrowser();
  stack = await startStack({ env: { ADMIN_TOKEN: operator }, overrides: { consoleFolder: builtConsole } });
});
afterAll(async () => {
  await browser.close();
  await stack.close();
});

test("who gives the token up does so in all tabs, and nothing that was read by it is left for the next", async () => {
  const { url } = stack;
  const wish = { name: "guest" };
  const { key } = (await post(`${url}/admin/v1/keys`, wish, { authorization: `Bearer ${operator}` })).json();
  await using console = await openConsole(browser, { url, route: "#/keys", ...withToken(operator, url) });
  const { page } = console;
  await page.getByText("guest").waitFor();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("secret-project");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.locator(".made-key-secret").waitFor();
  const other = await page.context().newPage();
  await other.goto(`${url}/console/`);
  await other.getByRole("button", { name: /^operator/ }).click();
  await other.getByRole("button", { name: "Forget the token" }).click();
  await page.getByRole("heading", { name: "This gateway asks for its token" }).waitFor();
  // What is asked for from here on is not answered: whatever is seen now was there before.
  await page.route(/\/v1\/(?:keys|status)/, () => undefined);
  await page.getByLabel("Token or key").fill(key);
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  expect(await page.getByText("secret-project").count()).toBe(0);
  await console.check();
});

test("a text that can be no token is said to be none, and one that was kept keeps nobody out", async () => {
  const { url } = stack;
  await using console = await openConsole(browser, { url, ...withToken("akc-…Vt4D", url) });
  const { page } = console;
  await page.getByLabel("Token or key").fill("akc-…Vt4D");
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByText("This is no token").waitFor();
  await page.getByLabel("Token or key").fill(operator);
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByRole("button", { name: /^operator/ }).waitFor();
  await console.check();
});

test("a browser that keeps nothing shows the console all the same, as long as it is open", async () => {
  const { url } = stack;
  await using console = await openConsole(browser, { url });
  const { page } = console;
  await page.addInitScript(`for (const name of ["localStorage", "sessionStorage", "indexedDB"])
    Object.defineProperty(window, name, {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });`);
  await page.reload();
  await page.getByLabel("Token or key").fill(operator);
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByRole("button", { name: /^operator/ }).waitFor();
  await page.getByRole("button", { name: "EN: switch to Chinese" }).click();
  await page.getByRole("link", { name: "总览" }).first().waitFor();
  await page.keyboard.press("2");
  await page.getByText("denied").waitFor();
  await console.check();
});
