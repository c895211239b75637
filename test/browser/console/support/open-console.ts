import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What has not come by then never comes, in ms. */
const mostMs = 60_000;

/** The console in a browser of its own, which is closed with it. */
export interface OpenConsole extends AsyncDisposable {
  readonly page: Page;
  /** Fails when axe-core finds more than a trifle, the browser told of an error (but of a refusal that the test wants: its status), or anybody else was asked. */
  check(wanted?: number): Promise<void>;
}

/** How it is opened. */
export interface ConsoleOptions {
  readonly url: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
  /** Behind `#`. */
  readonly route?: string;
  readonly context?: BrowserContextOptions;
}

/** Opens the console with a token, as one who has given it before. */
export const withToken = (token: string, url: string): Pick<ConsoleOptions, "context"> => ({
  context: {
    storageState: {
      cookies: [],
      origins: [{ origin: url, localStorage: [{ name: "akashchat-api.token", value: token }] }],
    },
  },
});

/** Opens the console of a gateway. Use `await using`. */
export async function openConsole(browser: Browser, options: ConsoleOptions): Promise<OpenConsole> {
  const { url, width = 1440, height = 900, dark = false, locale = "en-GB", route = "" } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    locale,
    timezoneId: "UTC",
    ...options.context,
  });
  context.setDefaultTimeout(mostMs);
  const page = await context.newPage();
  const [errors, foreign]: [string[], string[]] = [[], []];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      errors.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`) && !/^(?:data|blob):/.test(request.url()))
      foreign.push(request.url());
  });
  await page.goto(`${url}/console/${route}`);

  return {
    page,
    async check(wanted) {
      const found = await findFaults(page);
      expect(found, "axe-core").toEqual([]);
      expect(
        errors.filter((text) => !text.includes(`status of ${wanted} `)),
        "errors of the browser",
      ).toEqual([]);
      expect(foreign, "requests to others").toEqual([]);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** What axe-core finds that is no trifle, each with where it is. Not by a script of the page, which its policy forbids. */
async function findFaults(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  // It is half a megabyte, and stays as long as the document.
  const { result } = await session.send("Runtime.evaluate", { expression: "typeof axe" });
  if (result.value === "undefined") await session.send("Runtime.evaluate", { expression: axeSource });
  await session.detach();
  // Without style sheets read anew, which only rules that try something out would look at.
  const options = "{ resultTypes: ['violations'], preload: false }";
  // The rows of a long table are all alike.
  const part = '{ exclude: ["tbody tr:nth-child(n + 25)"] }';
  const results: axe.AxeResults = await page.evaluate(`axe.run(${part}, ${options})`);
  return results.violations
    .filter(({ impact }) => impact !== "minor")
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`),
    );
}
