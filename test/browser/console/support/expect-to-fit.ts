import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Widths of windows: of usual screens, and of those about the place where tables become rows of two lines. */
const widths = [1440, 1280, 1100, 800, 360];

/** Fails where a table is wider than its panel in a window of any width; leaves the first one. */
export async function expectToFit(page: Page, table: string): Promise<void> {
  const parts = [page.locator(table), page.locator(".panel", { has: page.locator(table) })];
  for (const width of [...widths, ...widths.slice(0, 1)]) {
    await page.setViewportSize({ width, height: 900 });
    const [end = 0, most = 0] = (await Promise.all(parts.map((part) => part.boundingBox()))).map(
      (box) => (box?.x ?? 0) + (box?.width ?? 0),
    );
    expect(end, `${table} at ${width}`).toBeGreaterThan(0);
    expect(end, `${table} at ${width}`).toBeLessThanOrEqual(most);
  }
}
