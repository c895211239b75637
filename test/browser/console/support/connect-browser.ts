import { type Browser, chromium } from "playwright-core";
import { inject } from "vitest";

/** The browser that all files share. To close it closes what was opened by this, and nothing else. */
export function connectBrowser(): Promise<Browser> {
  return chromium.connect(inject("browser"));
}
