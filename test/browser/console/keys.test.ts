import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { get, post } from "../../support/post.ts";
import { expectToFit } from "./support/expect-to-fit.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { type ShownStack, startShown } from "./support/start-shown.ts";
import { takePicture } from "./support/take-picture.ts";
import { writeDay } from "./support/write-day.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const chat = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Say hello" }] };
test("a token is asked for once, a wrong one is refused in words, and it is forgotten when wished", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  await using console = await openConsole(browser, { url: stack.url });
  const { page } = console;
  await page.getByRole("heading", { name: "This gateway asks for its token" }).waitFor();
  expect(await page.getByText("Models").count()).toBe(0);
  await console.check();
  await takePicture(page, "gate-light");
  await page.getByLabel("Token or key").fill("wrong");
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByText("The gateway refused this token.").waitFor();
  await page.getByLabel("Token or key").fill("operators-own");
  await page.getByRole("button", { name: "Open console" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(await page.evaluate("localStorage.getItem('akashchat-api.token')")).toBeNull();
  await page.getByRole("button", { name: /^operator/ }).click();
  await page.getByRole("button", { name: "Forget the token" }).click();
  await page.getByRole("heading", { name: "This gateway asks for its token" }).waitFor();
  await console.check();
});

test("a key is made, shown once, used, changed, and revoked with its children", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  const { url } = stack;
  await using console = await openConsole(browser, {
    url,
    route: "#/keys",
    ...withToken("operators-own", url),
  });
  const { page } = console;
  await page.getByText("No key yet").waitFor();
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByLabel("Name").fill("nightly-build");
  await page.getByLabel("Models").fill("DeepSeek*");
  await page.getByLabel("Budget").fill("50k");
  await page.getByLabel("Requests a minute").fill("five");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByText("requests_per_minute").waitFor();
  await page.getByLabel("Requests a minute").fill("5");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByText("nightly-build is ready.").waitFor();
  const secret = await page.locator(".made-key-secret").innerText();
  expect(secret).toMatch(/^akc-[\w-]{43}$/);
  await page.getByRole("cell", { name: "not yet" }).waitFor();
  await console.check(400);

  const used = await post(`${url}/v1/chat/completions`, chat, bearer(secret));
  expect(used.status).toBe(200);
  await post(`${url}/v1/keys`, { name: "agent 4e1b" }, bearer(secret));
  await page.getByText("agent 4e1b").waitFor();
  await page.getByText("of 50,000 / day").waitFor();

  await page.getByRole("button", { name: "Close" }).first().click();
  await page.getByText("It was not copied.").waitFor();
  await page.getByRole("button", { name: "Keep open" }).click();
  await page.getByRole("button", { name: "Copy key" }).click();
  await page.getByText("Copied").waitFor();
  await page.locator(".made-key").getByRole("button", { name: "Close" }).click();
  await expect.poll(() => page.locator(".made-key").count()).toBe(0);
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("link", { name: "Show nightly-build" }).click();
  await page.getByLabel("Requests a minute").fill("7");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved").waitFor();
  await page.getByRole("cell", { name: "7 / min" }).waitFor();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("With it end: agent 4e1b.").waitFor();
  await console.check(400);
  await page.getByRole("alertdialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("No key yet").waitFor();
  expect((await get(`${url}/v1/usage`, bearer(secret))).status).toBe(401);
});

/** The keys of a small team, with what they have used. */
async function makeTeam({ url, paid }: Pick<ShownStack, "url" | "paid">): Promise<readonly string[]> {
  const make = async (wish: object) =>
    (await post(`${url}/admin/v1/keys`, wish, bearer("operators-own"))).json() as { id: string; key: string };
  const soon = new Date(Date.now() + 3.5 * 86_400_000).toISOString();
  await make({ name: "old-laptop", expires_at: soon });
  const reports = await make({ name: "reports", concurrency: 4, budget: { usd: 10, period: "month" } });
  const intern = await make({
    name: "intern-01",
    models: ["deepseek-ai/*"],
    requests_per_minute: 5,
    concurrency: 2,
    budget: { tokens: 50_000, period: "day" },
    expires_at: "2027-12-31T00:00:00Z",
  });
  const webui = await make({
    name: "open-webui",
    models: ["Qwen3.6-*", "AkashGen"],
    requests_per_minute: 20,
  });
  const claude = await make({ name: "claude-code", budget: { tokens: 1_000_000, period: "day" } });
  const agents = await make({
    name: "ci-agents",
    models: ["DeepSeek-*", "deepseek-ai/*"],
    requests_per_minute: 60,
    budget: { tokens: 2_000_000, period: "day" },
  });
  const child = await make({
    name: "agent 4e1b",
    parent: agents.id,
    requests_per_minute: 10,
    budget: { tokens: 500_000, period: "day" },
  });
  const costly = { ...chat, model: "deepseek-ai/DeepSeek-V4-Flash" };
  const used = [
    [intern, 49_900],
    [intern, 0],
    [claude, 310_000],
    [agents, 1_240_000],
    [child, 90_000],
  ] as const;
  for (const [{ key }, promptTokens] of used) {
    if (promptTokens > 0)
      paid.enqueue({ kind: "answer", text: "Hi.", usage: { promptTokens, completionTokens: 100 } });
    await post(`${url}/v1/chat/completions`, costly, bearer(key));
  }
  return [reports.id, intern.id, webui.id, claude.id, agents.id, child.id];
}

test("keys of a team: limits and budgets with bars, what they did, one over its limit", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own" });
  const { url } = stack;
  const ids = await makeTeam(stack);
  writeDay(stack.gateway.services.ledger, Date.now() - 600_000, ids);
  const opened = { url, ...withToken("operators-own", url) };
  await using console = await openConsole(browser, { ...opened, route: `#/keys?selected=${ids[1]}` });
  const { page } = console;
  await page.getByText("over its limit").waitFor();
  await page.getByText("expires in 3 days").waitFor();
  await console.check();
  await takePicture(page, "keys-light");
  await expectToFit(page, ".key-table");
  await using dark = await openConsole(browser, { ...opened, dark: true, route: "#/keys?selected=new" });
  await dark.page.getByRole("heading", { name: "New key" }).waitFor();
  await dark.check();
  await takePicture(dark.page, "keys-new-dark");
  await using narrow = await openConsole(browser, { ...opened, width: 360, height: 800, route: "#/keys" });
  await narrow.page.getByText("ci-agents").waitFor();
  expect(await narrow.page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  await narrow.check();
  await takePicture(narrow.page, "keys-narrow");
});

test("a key sees its own part, and makes keys below itself; without ADMIN_TOKEN the page says what to do", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: "operators-own", BEARER_TOKEN: "for-models" });
  const { url } = stack;
  const wish = { name: "ci", budget: { tokens: 90_000, period: "day" } };
  const { key } = (await post(`${url}/admin/v1/keys`, wish, bearer("operators-own"))).json();
  await post(`${url}/v1/chat/completions`, chat, bearer(key));
  await post(`${url}/v1/chat/completions`, chat, bearer("for-models"));
  await using ofKey = await openConsole(browser, { url, ...withToken(key, url) });
  await ofKey.page.getByText("Limits of ci").waitFor();
  await ofKey.page.locator(".figure strong", { hasText: /^1$/ }).waitFor();
  await ofKey.check();
  await ofKey.page.keyboard.press("4");
  await ofKey.page.getByText("No key yet").waitFor();
  await ofKey.page.getByRole("button", { name: "New key" }).click();
  await ofKey.page.getByLabel("Name").fill("sub-agent");
  await ofKey.page.getByRole("button", { name: "Create key" }).click();
  await ofKey.page.getByText("sub-agent is ready.").waitFor();
  await ofKey.check();
  await using ofBearer = await openConsole(browser, {
    url,
    route: "#/keys",
    ...withToken("for-models", url),
  });
  await ofBearer.page.getByText("This token may not see keys").waitFor();
  await ofBearer.check();
  await using open = await startShown();
  await using closed = await openConsole(browser, { url: open.url, route: "#/keys" });
  await closed.page.getByText("The admin API is closed").waitFor();
  await closed.check();
});
