import { mkdirSync, mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** `PICTURES=docs`: those of the documentation are made anew, where all others only look whether they can be. */
const folder =
  process.env["PICTURES"] === "docs"
    ? fileURLToPath(new URL("../../../../docs/console/", import.meta.url))
    : mkdtempSync(join(tmpdir(), "pictures-"));
/** They are in the repository. */
const mostBytes = 200_000;

/** Takes a picture of what is seen, for the documentation. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await page.mouse.move(0, 0);
  await page.screenshot({ path, animations: "disabled" });
  expect(statSync(path).size, `${name}.png in bytes`).toBeLessThan(mostBytes);
}
