import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { get, post } from "../../support/post.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const env = { ADMIN_TOKEN: "operators-own" };
const bearer = { authorization: "Bearer operators-own" };
const failed = (message: string) => ({
  status: 500,
  contentType: "application/json",
  body: JSON.stringify({ error: { message, type: "server_error" } }),
});

/** Opens a page of a gateway that has one key. */
async function openPage(name: string) {
  const stack = await startShown(env);
  await post(`${stack.url}/admin/v1/keys`, { name: "ci" }, bearer);
  const console = await openConsole(browser, {
    url: stack.url,
    route: `#/${name}`,
    ...withToken("operators-own", stack.url),
  });
  return {
    ...console,
    stack,
    async [Symbol.asyncDispose]() {
      await console[Symbol.asyncDispose]();
      await stack.close();
    },
  };
}

const pages = [
  ["overview", "Models"],
  ["keys", "ci"],
  ["connect", "Test it"],
] as const;

test.each(pages)("%s while it is read: nothing at first, then still grey shapes", async (name, text) => {
  await using opened = await openPage(name);
  const { page } = opened;
  await page.getByText(text, { exact: true }).first().waitFor();
  const held: (() => Promise<void>)[] = [];
  for (const path of ["**/v1/status/events*", "**/admin/v1/keys?*"])
    await page.route(path, (route) => {
      held.push(() => route.continue());
    });
  await page.reload();
  await page.getByRole("status", { name: "Loading" }).waitFor();
  const delay = "getComputedStyle(document.querySelector('.loading')).animationDelay";
  expect(await page.evaluate(delay)).toBe("0.3s");
  await opened.check();
  for (const go of held) await go();
  await page.getByText(text, { exact: true }).first().waitFor();
  await opened.check();
});

test.each(pages)(
  "%s when the gateway goes: what is known stays, and is said to be old",
  async (name, text) => {
    await using opened = await openPage(name);
    const { page, stack } = opened;
    await page.getByText(text, { exact: true }).first().waitFor();
    await stack.gateway.close();
    await page.getByText("No connection since").waitFor();
    await page.getByText("not live").waitFor();
    await page.getByText(text, { exact: true }).first().waitFor();
  },
);

test.each(pages)("%s of one whom the gateway knows no more: the gate", async (name, text) => {
  await using opened = await openPage(name);
  const { page } = opened;
  await page.getByText(text, { exact: true }).first().waitFor();
  await page.route("**/v1/access", async (route) => {
    const { authorization: _, ...headers } = route.request().headers();
    await route.continue({ headers: { ...headers, authorization: "Bearer revoked" } });
  });
  await page.reload();
  await page.getByText("The gateway refused this token.").waitFor();
  expect(await page.getByText(text, { exact: true }).count()).toBe(0);
});

test("figures that can't be read are missing by themselves: what and why, and the rest stays", async () => {
  await using opened = await openPage("overview");
  const { page, stack } = opened;
  await page.getByRole("heading", { name: "Models" }).waitFor();
  const status: object = (await get(`${stack.url}/v1/status`, bearer)).json();
  const shown = { ...status, activity: null, activity_error: "The store does not answer." };
  await page.route("**/v1/status/events*", (route) =>
    route.fulfill({
      contentType: "text/event-stream",
      body: `event: status\ndata: ${JSON.stringify(shown)}\n\n`,
    }),
  );
  await page.reload();
  await page.getByText("Figures could not be read").waitFor();
  await page.getByText("The store does not answer. The gateway serves on.").waitFor();
  await page.getByText("It is read again by itself.").waitFor();
  await page.getByRole("heading", { name: "Models" }).waitFor();
  await opened.check();
});

test("keys that can't be read: why, tried again by itself; those that were read stay", async () => {
  await using opened = await openPage("keys");
  const { page } = opened;
  await page.getByText("ci", { exact: true }).waitFor();
  await page.route("**/admin/v1/keys?*", (route) => route.fulfill(failed("The store is away.")));
  await page.getByText("Keys could not be read. The store is away. What is shown is from before.").waitFor();
  await page.getByText("ci", { exact: true }).waitFor();
  await page.reload();
  await page.getByText("The store is away. The gateway serves on.").waitFor();
  await page.getByText(/^by itself in \d s$/).waitFor();
  await page.goto(`${page.url().split("#")[0]}#/connect`);
  await page.getByText("Keys could not be read: The store is away.").waitFor();
  await page.getByLabel("Paste a key").waitFor();
  await page.unroute("**/admin/v1/keys?*");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("combobox", { name: "Key" }).selectOption({ label: "ci" });
});

test("keys without what they did: said, and the keys are there", async () => {
  await using opened = await openPage("keys");
  const { page } = opened;
  await page.route("**/admin/v1/usage?*", (route) => route.fulfill(failed("The ledger is away.")));
  await page.getByText("What keys did could not be read. The ledger is away.").waitFor();
  await page.getByText("ci", { exact: true }).waitFor();
});

test("a page whose file is gone, as after an update, says so and can be loaded again", async () => {
  await using opened = await openPage("overview");
  const { page } = opened;
  await page.getByRole("heading", { name: "Models" }).waitFor();
  await page.route("**/assets/connect-page-*.js", (route) => route.fulfill({ status: 404 }));
  await page.keyboard.press("5");
  await page.getByText("This page could not be loaded").waitFor();
  await page.unroute("**/assets/connect-page-*.js");
  await page.getByRole("button", { name: "Load again" }).click();
  await page.getByRole("heading", { name: "Connect" }).waitFor();
});

test("a page that can't be drawn says so, and the others go on", async () => {
  await using opened = await openPage("overview");
  const { page } = opened;
  await page.getByRole("heading", { name: "Models" }).waitFor();
  await page.route("**/admin/v1/keys?*", (route) =>
    route.fulfill({
      contentType: "application/json",
      body: '{"data": [{"id": "key_1", "revoked_at": null, "expires_at": null, "parent": null}]}',
    }),
  );
  await page.keyboard.press("4");
  await page.getByText("This page can't be shown").waitFor();
  await page.keyboard.press("1");
  await page.getByRole("heading", { name: "Models" }).waitFor();
  await page.unroute("**/admin/v1/keys?*");
  await page.reload();
  await page.keyboard.press("4");
  await page.getByText("ci", { exact: true }).waitFor();
});

test("a gateway that can't say who one is: why, and it is asked again by itself", async () => {
  await using opened = await openPage("overview");
  const { page } = opened;
  await page.getByRole("heading", { name: "Models" }).waitFor();
  await page.route("**/v1/access", (route) => route.fulfill(failed("The store is away.")));
  await page.reload();
  await page.getByRole("heading", { name: "The gateway can't be asked who you are." }).waitFor();
  await page.getByText("The store is away.").waitFor();
  await page.getByText(/^by itself in \d s$/).waitFor();
  await page.unroute("**/v1/access");
  await page.getByRole("heading", { name: "Models" }).waitFor();
});
