import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const folder = fileURLToPath(new URL("../../../../docs/console/", import.meta.url));
/** They are in the repository. */
const mostBytes = 200_000;

/** Takes a picture of what is seen, for the documentation. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = `${folder}${name}.png`;
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: "disabled" });
  expect(statSync(path).size, `${name}.png in bytes`).toBeLessThan(mostBytes);
}
