import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";

/** Does what makes the browser save a file, and gives the text of that. */
export async function readDownload(page: Page, act: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), act()]);
  return text(await download.createReadStream());
}
