import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { createGate } from "../../support/gate.ts";
import { get, post } from "../../support/post.ts";
import { type Stack, startStack } from "../../support/start-stack.ts";
import { openConsole, withToken } from "./support/open-console.ts";
import {
  choose,
  declareWeather,
  findLastBody,
  playgroundRoute,
  say,
  waitForRest,
  writeCall,
} from "./support/playground-steps.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { startShown } from "./support/start-shown.ts";
import { takePicture } from "./support/take-picture.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const admin = "operators-own";
const route = playgroundRoute;

/** A link to a picture that the gateway has drawn. */
async function draw({ url }: Stack): Promise<string> {
  const answer = await post(
    `${url}/v1/images/generations`,
    { prompt: "a lighthouse" },
    { authorization: `Bearer ${admin}` },
  );
  return String(answer.json().data[0].url);
}

test("a chat with thinking, a tool that is answered by hand, and a picture", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  const link = await draw(stack);
  await using console = await openConsole(browser, { url: stack.url, route, ...withToken(admin, stack.url) });
  const { page } = console;
  await page.getByText("Ask it something.").waitFor();
  await console.check();
  await page.getByRole("button", { name: "Draw a picture with AkashGen" }).click();
  await page.getByText("Say what it shall draw.").waitFor();
  await choose(page, "Qwen3.6-35B-A3B");
  await page.getByLabel("System prompt").fill("Answer in two sentences. Use tools when they help.");
  await page.getByLabel("Temperature").fill("0.7");
  await page.getByLabel("Top p").fill("0.95");
  await declareWeather(page);
  await page.getByRole("switch", { name: "Trace" }).check();
  stack.simulator.enqueue({
    reasoning: "The user wants the weather of Lisbon. There is a tool for it. ".repeat(8),
    text: writeCall({ city: "Lisbon", day: "2026-11-27" }),
  });
  await say(page, "Do I need an umbrella in Lisbon tomorrow? Then draw the coast in that weather.");
  await page.getByText(/Thought for/).waitFor();
  await page.getByText("arguments valid").waitFor();
  const card = page.locator(".tool-card");
  expect(await card.getByRole("heading").innerText()).toBe("get_weather");
  expect(await card.locator("pre").innerText()).toBe('{ "city": "Lisbon", "day": "2026-11-27" }');
  await console.check();
  stack.simulator.enqueue({
    text: `Yes. Tomorrow brings about **11 mm of rain** and wind of 54 km/h, so a hooded coat will serve you better than an umbrella. Here is the coast:\n\n![AkashGen](${link})`,
  });
  await card.getByLabel("Your result").fill('{ "rain_mm": 11, "wind_kmh": 54 }');
  await card.getByRole("button", { name: "Send result" }).click();
  await page.getByText("11 mm of rain").waitFor();
  await page.getByRole("link", { name: "Save" }).waitFor();
  await page.getByRole("button", { name: "Again" }).waitFor();
  expect(await card.getByLabel("Your result").isEditable()).toBe(false);
  expect(findLastBody(stack)).toContain("rain_mm");
  expect(findLastBody(stack)).toContain("Answer in two sentences.");
  await console.check();
  const traces = await get(`${stack.url}/admin/v1/traces`, { authorization: `Bearer ${admin}` });
  expect(traces.json().data).toHaveLength(2);
  await takePicture(page, "playground-light");
});

test("two models side by side, one of which breaks off", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: admin });
  await using console = await openConsole(browser, {
    url: stack.url,
    route,
    dark: true,
    ...withToken(admin, stack.url),
  });
  const { page } = console;
  await choose(page, "DeepSeek-V3.2");
  await page.getByRole("button", { name: "Compare" }).click();
  await choose(page, "Qwen3.6-35B-A3B", 1);
  const gate = createGate();
  async function* words() {
    yield "Because reading and charging are two steps. Between them any number of other requests can read the same figure.\n\nThree ways out, from the simplest:\n\n1. A conditional `UPDATE … RETURNING`: one round trip, no lock held.\n2. `SELECT … FOR UPDATE` inside a transaction, when several rows must agree";
    await gate.promise;
    yield ".";
  }
  stack.simulator.enqueue({
    when: ({ model }) => model?.includes("Qwen") === true,
    reasoning:
      "The race sits between the read and the write. An atomic update with a condition, or a row lock.",
    text: words(),
  });
  stack.simulator.enqueue({
    when: ({ model }) => model?.includes("DeepSeek") === true,
    reasoning: "Two requests read the same balance. ".repeat(30),
    text: "Two requests read the same balance before either writes. Both see enough left, so both pass, and the sum of what they spend is more than there was.\n\nMake the check a part of the write. One statement decides and takes at once:\n\n```sql\nUPDATE budget\n   SET used = used + $1\n WHERE id = $2 AND used + $1 <= allowed\nRETURNING used;\n```\n\nNo row back means: refuse. After the answer, settle the differ",
    error: { kind: "cut" },
  });
  await say(page, "Why do check-then-charge limits overdraw? Show the fix in SQL.");
  await page.getByText(/cut here by web, after/).waitFor();
  await page.getByText("1 of 2 still answers").waitFor();
  await page.getByText(/tokens out were charged/).waitFor();
  expect(await page.getByText("settle the differ").isVisible()).toBe(true);
  await page.getByRole("tab", { name: "Code" }).click();
  await page.getByRole("button", { name: "OpenAI SDK" }).click();
  await page.getByRole("cell", { name: "free" }).first().waitFor();
  await page.locator(".lane").first().getByText("Show the fix").click();
  await console.check();
  await takePicture(page, "playground-compare-dark");
  stack.simulator.enqueue({ text: "ence with the reserve." });
  await page.getByRole("button", { name: "Continue from here" }).click();
  await page.getByText("ence with the reserve.").waitFor();
  expect(findLastBody(stack)).toContain("settle the differ");
  gate.open();
  await page.getByText("must agree.").waitFor();
  await waitForRest(page);
  await console.check();
});

describe.each([
  [390, 844],
  [360, 740],
])("on a screen of %s by %s", (width, height) => {
  test("all is there, and nothing stands out", async () => {
    await using stack = await startStack({
      env: { VISION_MODELS: "*" },
      overrides: { consoleFolder: builtConsole },
    });
    await using console = await openConsole(browser, {
      url: stack.url,
      route,
      width,
      height,
      dark: width === 390,
    });
    const { page } = console;
    const expectToFit = async () =>
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await page.getByRole("button", { name: "Parameters" }).click();
    await declareWeather(page);
    await expectToFit();
    await console.check();
    await page.getByRole("tab", { name: "Code" }).click();
    await expectToFit();
    await page.keyboard.press("Escape");
    stack.simulator.enqueue({ reasoning: "Hm.", text: writeCall({ city: "Lisbon", day: "2026-11-27" }) });
    await say(page, "Do I need an umbrella in Lisbon tomorrow? Then draw the coast in that weather.");
    await page.getByText("arguments valid").waitFor();
    stack.simulator.enqueue({
      text: `Yes. **11 mm of rain**.\n\n\`\`\`sh\ncurl ${"x".repeat(300)}\n\`\`\`\n\n| a | b |\n|---|---|\n| ${"wide ".repeat(60)} | 2 |\n\n${"unbroken".repeat(60)}`,
    });
    await page.getByLabel("Your result").fill('{ "rain_mm": 11 }');
    await page.getByRole("button", { name: "Send result" }).click();
    await page.getByRole("button", { name: "Again" }).waitFor();
    await expectToFit();
    await console.check();
    await page.getByRole("button", { name: "Chats" }).click();
    await page.getByText("Kept in this browser only.").waitFor();
    await expectToFit();
  });
});
