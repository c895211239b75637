import type { Page } from "playwright-core";

import type { Stack } from "../../../support/start-stack.ts";

/** Where the playground is, behind the console's address. */
export const playgroundRoute = "#/playground";

/** A call as models write it that know no better. */
export function writeCall(input: object): string {
  return `<tool_call>${JSON.stringify({ name: "get_weather", arguments: input })}</tool_call>`;
}

/** Types a message and sends it as people do. */
export async function say(page: Page, text: string): Promise<void> {
  await page.locator(".composer textarea").fill(text);
  await page.keyboard.press("Enter");
}

/** Chooses a model, from left to right. */
export async function choose(page: Page, model: string, place = 0): Promise<void> {
  await page.locator(".model-choice select").nth(place).selectOption(model);
}

/** Declares a tool by hand. */
export async function declareWeather(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Declare one" }).click();
  await page.getByLabel("Name", { exact: true }).fill("get_weather");
  await page.getByLabel("What it does").fill("Weather of a day in a city");
  const text = { type: "string" };
  const schema = { type: "object", properties: { city: text, day: text }, required: ["city"] };
  await page.getByLabel("Parameters, a JSON schema").fill(JSON.stringify(schema));
  await page.getByRole("button", { name: "Declare", exact: true }).click();
}

/** Waits until nothing is answered any more. */
export async function waitForRest(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
}

/** The chat request that the upstream got last, as JSON. */
export function findLastBody({ simulator }: Stack): string {
  return JSON.stringify(simulator.requests.findLast(({ path }) => path.includes("/api/chat"))?.body);
}
