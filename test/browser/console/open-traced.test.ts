import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { post } from "../../support/post.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import { findLastBody, waitForRest } from "./support/playground-steps.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const admin = "operators-own";

const body = {
  model: "gpt-4o",
  max_tokens: 300,
  temperature: 0.5,
  top_k: 5,
  system: "Be brief, says <b>nobody</b>.",
  tools: [
    {
      name: "get_weather",
      description: "Weather of a day in a city",
      input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
    { type: "web_search_20250305", name: "<img src=x onerror=alert(1)>" },
  ],
  messages: [
    { role: "user", content: "Do I need an umbrella in Lisbon?" },
    {
      role: "assistant",
      content: [
        { type: "thinking", thinking: "A secret thought", signature: "" },
        { type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Lisbon" } },
      ],
    },
    { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "11 mm of rain" }] },
  ],
};

test("a traced request is opened as a chat: what was said and wished for, what was not taken over, and nothing is sent by itself", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const { url, simulator } = stack;
  const asked = await post(
    `${url}/v1/messages`,
    { ...body, tools: body.tools.slice(0, 1) },
    { authorization: `Bearer ${admin}`, "anthropic-version": "2023-06-01", "x-trace": "on" },
  );
  expect(asked.status).toBe(200);
  // A tool of another's is refused, which is worth a look as well.
  const refused = await post(`${url}/v1/messages`, body, {
    authorization: `Bearer ${admin}`,
    "anthropic-version": "2023-06-01",
    "x-trace": "on",
  });
  const open = (id: unknown) =>
    openConsole(browser, { url, route: `#/requests?request=${String(id)}`, ...withToken(admin, url) });
  await using console = await open(asked.headers["x-request-id"]);
  const { page } = console;
  const before = simulator.requests.length;
  await page.getByRole("button", { name: "Open in Playground" }).click();
  await page.getByText("Nothing was sent yet.").waitFor();
  expect(new URL(page.url()).hash).toBe("#/playground");
  const note = page.locator(".opened-note");
  expect(await note.innerText()).toMatch(/Not taken over: top_k\./);
  await page.locator(".user-text", { hasText: "Do I need an umbrella in Lisbon?" }).waitFor();
  expect(await page.locator(".tool-card textarea").inputValue()).toBe("11 mm of rain");
  await page.getByText("as the client sent it").waitFor();
  await page.getByText("arguments valid").waitFor();
  expect(await page.getByText("secret thought").count()).toBe(0);
  expect(await page.getByLabel("System prompt").inputValue()).toBe(body.system);
  expect(await page.getByLabel("Temperature").inputValue()).toBe("0.5");
  expect(await page.getByLabel("Max tokens").inputValue()).toBe("300");
  expect(await page.locator(".model-choice select").inputValue()).toBe("gpt-4o");
  await console.check();

  // By an empty field nothing is sent by chance.
  await page.locator(".composer textarea").press("Enter");
  const newOnes = () =>
    simulator.requests.slice(before).filter(({ path }) => path.includes("/api/chat")).length;
  expect(newOnes()).toBe(0);
  simulator.enqueue({ text: "Yes, take one along." });
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByText("Yes, take one along.").waitFor();
  await waitForRest(page);
  expect(newOnes()).toBe(1);
  for (const sent of [body.system, "umbrella", "get_weather", "11 mm of rain"])
    expect(findLastBody(stack)).toContain(sent);
  // It is kept as any other, and the page loaded again opens no second one.
  await page.reload();
  await page.getByRole("button", { name: "Do I need an umbrella in Lisbon?", exact: true }).waitFor();
  expect(await page.locator(".opened-note").count()).toBe(0);

  await using other = await open(refused.headers["x-request-id"]);
  await other.page.getByRole("button", { name: "Open in Playground" }).click();
  await other.page.getByText("<img src=x onerror=alert(1)>").waitFor();
  await other.page.goto(`${url}/console/#/playground?from=req_nobody`);
  await other.page.getByText("Could not be opened:").waitFor();
  await other.page.locator(".opened-note").getByRole("button", { name: "Close" }).click();
  await other.page.getByText("Could not be opened:").waitFor({ state: "detached" });
  await other.check(404);
});
