import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { playgroundRoute } from "./support/playground-steps.ts";
import { startShown } from "./support/start-shown.ts";
import { writeDay } from "./support/write-day.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const admin = "admin-of-this-test";
const linesOf = (page: Page) => page.locator(".request-table tbody tr");

/** A script that presses keys faster than any browser draws: all of them before the next frame. */
const pressAtOnce = (...keys: readonly string[]) => `(async () => {
  const seen = [];
  for (const key of ${JSON.stringify(keys)}) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    // What was asked for is drawn in between; nothing else happens.
    for (let count = 0; count < 5; count += 1) await undefined;
    seen.push(document.querySelector("h1")?.textContent);
  }
  return seen;
})()`;

/** Two frames later: what a page does behind the first is done. */
const waitForFrames = (page: Page) =>
  page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
  );

test("older and newer requests: each key counts, and what is shown is of the request that is named", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const { url } = stack;
  writeDay(stack.gateway.services.ledger, Date.now() - 60_000, [undefined]);
  await using console = await openConsole(browser, { url, route: "#/requests", ...withToken(admin, url) });
  const { page } = console;
  await linesOf(page).nth(9).waitFor();
  const hrefs = await Promise.all(
    [3, 4, 5].map((place) => page.locator(".cell-time a").nth(place).getAttribute("href")),
  );
  const [first, second, third] = hrefs.map((href) => String(href).split("request=")[1]);
  await page.locator(".cell-time a").nth(3).click();
  await page.getByText("This request was not traced").waitFor();
  expect(await page.evaluate(pressAtOnce("[", "[", "]", "]", "["))).toEqual([
    second,
    third,
    second,
    first,
    second,
  ]);

  // Nothing of the one before is told of the next.
  await page.route("**/admin/v1/requests/*", () => undefined);
  await page.getByText("This request was not traced").waitFor();
  expect(
    await page.evaluate(`${pressAtOnce("[")}.then(() => document.querySelector("main").textContent)`),
  ).not.toContain("This request was not traced");
});

test("what lies over the page closes by itself: the page below stays where it is", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const { url } = stack;
  const reply = await post(
    `${url}/v1/chat/completions`,
    { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] },
    { authorization: `Bearer ${admin}` },
  );
  const route = `#/requests?request=${String(reply.headers["x-request-id"])}`;
  await using console = await openConsole(browser, { url, route, ...withToken(admin, url) });
  const { page } = console;
  await page.getByText("This request was not traced").waitFor();
  await page.keyboard.press("?");
  await page.keyboard.press("4");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(new URL(page.url()).hash).toBe(route);
  await page.getByRole("button", { name: /^operator/ }).click();
  await page.keyboard.press("Escape");
  expect(new URL(page.url()).hash).toBe(route);
  await page.keyboard.press("Escape");
  await linesOf(page).first().waitFor();
  await page.getByRole("button", { name: "Export" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Table as CSV" }).waitFor();
  expect(
    await page.evaluate(`${pressAtOnce("Escape")}.then(() => document.querySelector(".menu"))`),
  ).toBeNull();
});

test("what is typed while a search is taken up stays", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const { url } = stack;
  await using console = await openConsole(browser, { url, route: "#/requests", ...withToken(admin, url) });
  const { page } = console;
  await linesOf(page).first().waitFor();
  const field = page.getByLabel("Search", { exact: true });
  await page.evaluate(`addEventListener("hashchange", () => {
    const field = document.querySelector(".search input");
    field.value = "abc";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, { once: true })`);
  await field.fill("ab");
  await page.getByText("“abc”").waitFor();
  expect(await field.inputValue()).toBe("abc");
  // Who goes elsewhere finds what is looked for there.
  await page.getByRole("button", { name: "Clear filters" }).click();
  await linesOf(page).first().waitFor();
  expect(await field.inputValue()).toBe("");
});

test("a search is not read anew by each look at what came, and nothing that was read is lost by it", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const { url } = stack;
  writeDay(stack.gateway.services.ledger, Date.now() - 60_000, [undefined]);
  await using console = await openConsole(browser, {
    url,
    route: "#/requests?q=req_day_17",
    ...withToken(admin, url),
  });
  const { page } = console;
  await linesOf(page).nth(10).waitFor();
  const searches: string[] = [];
  const looks: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("limit=1000")) searches.push(request.url());
    if (request.url().includes("limit=100&") || request.url().endsWith("limit=100"))
      looks.push(request.url());
  });
  const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  await post(`${url}/v1/chat/completions`, body, {
    authorization: `Bearer ${admin}`,
    "x-request-id": "req_day_17th",
  });
  await page.locator(".cell-time a[href$=req_day_17th]").waitFor();
  expect(looks.length).toBeGreaterThan(0);
  expect(searches).toEqual([]);
  await linesOf(page).nth(11).waitFor();
});

test("who closes what lies over a chat and goes on typing, types there", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  const { url } = stack;
  await using console = await openConsole(browser, { url, route: playgroundRoute, width: 390, height: 844 });
  const { page } = console;
  const button = page.getByRole("button", { name: "Parameters" });
  await button.click();
  await page.getByRole("tab", { name: "Parameters" }).waitFor();
  expect(
    await page.evaluate(`${pressAtOnce("Escape")}.then(() => {
      const led = document.activeElement.textContent;
      document.querySelector(".composer textarea").focus();
      return led;
    })`),
  ).toBe(await button.innerText());
  await waitForFrames(page);
  expect(await page.locator(":focus").getAttribute("placeholder")).toBe("Message, or paste an image");
});

test("who came to a chat by a key leaves it by one", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  await using console = await openConsole(browser, { url: stack.url, route: "#/keys" });
  const { page } = console;
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.keyboard.press("2");
  await page.locator(".composer textarea:focus").waitFor();
  await page.keyboard.type("4 ");
  await page.keyboard.press("Escape");
  await page.keyboard.press("4");
  await page.getByRole("heading", { name: "Keys" }).waitFor();
  await page.keyboard.press("2");
  expect(await page.locator(".composer textarea").inputValue()).toBe("4 ");
});
