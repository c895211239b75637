import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { guides } from "../../../src/console/pages/connect/clients/index.ts";
import { get, post } from "../../support/post.ts";
import { startStack } from "../../support/start-stack.ts";
import { openConsole } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";
import { takePicture } from "./support/take-picture.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** Opened by one who has given the token before, and lets pages read what was copied. */
const asOperator = (url: string) => ({
  context: {
    permissions: ["clipboard-read", "clipboard-write"],
    storageState: {
      cookies: [],
      origins: [{ origin: url, localStorage: [{ name: "akashchat-api.token", value: "operators-own" }] }],
    },
  },
});
const readCopied = (page: Page) => page.evaluate("navigator.clipboard.readText()");

test("where no key is wanted, settings can be copied as they stand, and the page shows that they work", async () => {
  await using stack = await startStack({
    simulator: { tokenLimit: 25_000 },
    overrides: { consoleFolder: builtConsole },
  });
  const { url } = stack;
  await using console = await openConsole(browser, { url, route: "#/connect" });
  const { page } = console;
  await page.getByRole("heading", { name: "Start it through the gateway" }).waitFor();
  await page.getByText("Listening for its first request").waitFor();
  const [launch = "", settings = ""] = await page.locator(".code pre").allInnerTexts();
  expect(launch).toBe(`npx akashchat-api launch claude-code --url ${url} --model DeepSeek-V3.2`);
  expect(settings).toContain(`"ANTHROPIC_BASE_URL": "${url}"`);
  expect(await page.getByText("not set: answers 404").count()).toBe(3);
  await page.getByText("Claude Code sends 1,720 tokens and more a request.").waitFor();
  await console.check();

  stack.simulator.enqueue({ text: "Hello <b>there</b>." });
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("Hello <b>there</b>.").waitFor();
  await page.getByText(/Answered in .* s by akash-chat\/DeepSeek-V3.2\./).waitFor();
  await page.getByText("Last request now.").waitFor();
  await console.check();

  await page.getByLabel("Address, as your client reaches it").fill("ai.example.com:8080/v1/");
  await page.getByText("--url http://ai.example.com:8080 --model").first().waitFor();
  await page.getByLabel("Address, as your client reaches it").fill("not an address");
  await page.getByText("An address such as http://localhost:16571 is wanted.").waitFor();
  await console.check();
});

test("every client has its settings, in both languages, and fits a narrow screen", async () => {
  await using stack = await startStack({ overrides: { consoleFolder: builtConsole } });
  const { url } = stack;
  await using console = await openConsole(browser, { url, route: "#/connect" });
  await using narrow = await openConsole(browser, {
    url,
    width: 360,
    height: 800,
    dark: true,
    locale: "zh-CN",
    route: "#/connect",
  });
  await narrow.page.getByRole("heading", { name: "接入" }).waitFor();
  for (const { id, name } of guides) {
    await console.page.getByRole("link", { name, exact: true }).click();
    await console.page.getByRole("region", { name, exact: true }).waitFor();
    await console.check();
    await narrow.page.getByRole("combobox", { name: "客户端" }).selectOption(id);
    await narrow.page.getByRole("region", { name, exact: true }).waitFor();
    expect([id, await narrow.page.evaluate("document.documentElement.scrollWidth")]).toEqual([id, 360]);
  }
  await narrow.check();
  await console.page.keyboard.press("1");
  await console.page.getByRole("heading", { name: "Overview" }).waitFor();
  await console.page.keyboard.press("5");
  await console.page.getByRole("heading", { name: "Connect" }).waitFor();
});

test("a key is made here, filled in unseen, tried, and kept nowhere", async () => {
  await using stack = await startShown({
    ADMIN_TOKEN: "operators-own",
    MODEL_ALIASES: "claude-sonnet-*=DeepSeek-V3.2",
  });
  const { url } = stack;
  await using console = await openConsole(browser, { url, route: "#/connect", ...asOperator(url) });
  const { page } = console;
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByText("claude-code is ready.").waitFor();
  const secret = await page.locator(".made-key-secret").innerText();
  await page.getByText("Listening for its first request").waitFor();
  await console.check();
  const [launch = ""] = await page.locator(".code pre").allInnerTexts();
  expect(launch).toContain(
    `export BEARER_TOKEN=akc-…${secret.slice(-4)}\nnpx akashchat-api launch claude-code --url`,
  );
  await page.locator(".code").nth(1).getByRole("button", { name: "Copy" }).click();
  await page.getByText("Copied").waitFor();
  expect(await readCopied(page)).toContain(`"ANTHROPIC_AUTH_TOKEN": "${secret}"`);

  await page.getByText("1 of 3 are set.").waitFor();
  await page.getByRole("button", { name: "Copy MODEL_ALIASES" }).click();
  await expect
    .poll(() => readCopied(page))
    .toBe(
      "MODEL_ALIASES=claude-haiku-*=DeepSeek-V3.2,claude-opus-*=DeepSeek-V3.2,gpt-4o=DeepSeek-V3.2,claude-sonnet-*=DeepSeek-V3.2",
    );
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText(/^Answered in/).waitFor();
  const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  await post(`${url}/v1/chat/completions`, chat, { ...bearer(secret), "user-agent": "claude-cli/2.1.332" });
  await page.getByText(/This key's last request came from claude-cli/).waitFor();
  await console.check();

  const kept = await page.evaluate(
    "JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])",
  );
  expect(kept).not.toContain(secret);
  await page.reload();
  await page.getByText(`Put the key in place of akc-…${secret.slice(-4)}: it was shown once.`).waitFor();
  expect(await page.content()).not.toContain(secret);
  const { data } = (await get(`${url}/admin/v1/keys`, bearer("operators-own"))).json();
  expect(data).toMatchObject([{ name: "claude-code" }]);
});

test("a pasted key is masked and tried; one that is refused is told with the gateway's own words", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  const { url } = stack;
  const { key } = (await post(`${url}/admin/v1/keys`, { name: "ci" }, bearer("operators-own"))).json();
  await using console = await openConsole(browser, {
    url,
    route: "#/connect?client=cursor",
    ...asOperator(url),
  });
  const { page } = console;
  await page.getByText(`Cursor can't reach ${url}.`).waitFor();
  await page.getByLabel("Address, as your client reaches it").fill("https://ai.example.com");
  await expect.poll(() => page.getByText("Cursor can't reach").count()).toBe(0);
  await page.getByRole("combobox", { name: "Key" }).selectOption("paste");
  await page.getByLabel("Paste a key").fill(key);
  await page.getByText(`akc-…${key.slice(-4)}`).waitFor();
  expect(await page.getByLabel("Paste a key").getAttribute("type")).toBe("password");
  await page.getByRole("button", { name: "Copy OpenAI API Key" }).click();
  await expect.poll(() => readCopied(page)).toBe(key);
  await console.check();
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText(/^Answered in/).waitFor();
  await page.getByLabel("Paste a key").fill("akc-wrong");
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText("Refused (401).").waitFor();
  await page.getByRole("heading", { name: "Connect" }).waitFor();
});

test("names of models and keys, what clients call themselves, and what a model says, are text and nothing else", async () => {
  const evil = `"><img src=x onerror=window.ran=1>'; touch /tmp/no; '\u202Egnp.exe`;
  await using stack = await startStack({
    env: { ADMIN_TOKEN: "operators-own" },
    simulator: { models: [{ id: `m${evil}` }] },
    overrides: { consoleFolder: builtConsole },
  });
  const { url } = stack;
  const { key } = (
    await post(`${url}/admin/v1/keys`, { name: `k${evil.replace("\u202E", "")}` }, bearer("operators-own"))
  ).json();
  const chat = { model: `m${evil}`, messages: [{ role: "user", content: "Say hello" }] };
  await post(`${url}/v1/chat/completions`, chat, {
    ...bearer(key),
    "user-agent": "<img src=x onerror=window.ran=1>",
  });
  await using console = await openConsole(browser, {
    url,
    route: "#/connect?client=curl",
    ...asOperator(url),
  });
  const { page } = console;
  await page.getByText("This key's last request came from <img").waitFor();
  stack.simulator.enqueue({ text: `said ${evil} [a](javascript:window.ran=1)` });
  await page.getByRole("button", { name: "Test it" }).click();
  await page.getByText('said "><img').waitFor();
  for (const { name } of guides) {
    await page.getByRole("link", { name, exact: true }).click();
    await page.getByRole("region", { name, exact: true }).waitFor();
    expect(await page.evaluate("window.ran")).toBeUndefined();
    expect(await page.locator("main img, main script, [onerror], [href^=javascript]").count()).toBe(0);
  }
  // What is copied into a shell is one word.
  await page.getByRole("link", { name: "Copilot CLI" }).click();
  await page.locator(".code").nth(1).getByRole("button", { name: "Copy" }).click();
  await expect
    .poll(() => readCopied(page))
    .toContain(`export COPILOT_MODEL='m"><img src=x onerror=window.ran=1>'\\''; touch /tmp/no; '\\''`);
  await console.check();
});

test("pictures", async () => {
  await using stack = await startShown({
    ADMIN_TOKEN: "operators-own",
    MODEL_ALIASES: "claude-sonnet-*=DeepSeek-V3.2,claude-haiku-*=Qwen3.6-35B-A3B",
  });
  const { url } = stack;
  const { key } = (
    await post(`${url}/admin/v1/keys`, { name: "claude-code" }, bearer("operators-own"))
  ).json();
  const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
  await post(`${url}/v1/chat/completions`, chat, { ...bearer(key), "user-agent": "claude-cli/2.1.332" });
  for (const [name, options] of [
    ["connect-light", {}],
    ["connect-dark", { dark: true, height: 1200 }],
    ["connect-narrow", { width: 390, height: 844 }],
  ] as const) {
    await using shown = await openConsole(browser, {
      url,
      route: "#/connect",
      ...asOperator(url),
      ...options,
    });
    await shown.page.getByText("This key's last request came from claude-cli").waitFor();
    await shown.check();
    await takePicture(shown.page, name);
  }
});
