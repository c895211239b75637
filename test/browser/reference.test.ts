import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtReference } from "../../src/built-reference.ts";
import { references } from "../../src/server/openapi/describe-gateway.ts";
import { startPrefixProxy } from "../support/start-prefix-proxy.ts";
import { startOver } from "../support/start-over.ts";
import { startStack } from "../support/start-stack.ts";
import { connectBrowser } from "./console/support/connect-browser.ts";

const patienceMs = 240_000;

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

/** The page in a browser of its own, which is closed with it. */
interface OpenReference extends AsyncDisposable {
  readonly page: Page;
  /** Fails when the browser told of an error, such as what the page's policy forbids, or anybody else was asked. */
  check(): void;
}

async function openReference(url: string, dark = false): Promise<OpenReference> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    colorScheme: dark ? "dark" : "light",
  });
  const page = await context.newPage();
  // The viewer works through half a megabyte, on a machine that may have much else to do.
  page.setDefaultTimeout(patienceMs);
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
  await page.goto(`${url}/docs/`);
  return {
    page,
    check() {
      expect(errors, "errors of the browser").toEqual([]);
      expect(foreign, "requests to others").toEqual([]);
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const operations = references.flatMap((reference) => reference.operations);

test(
  "it shows every operation, and what becomes of its parameters",
  async () => {
    await using stack = await startStack({ overrides: { referenceFolder: builtReference } });
    await using reference = await openReference(stack.url);
    const { page } = reference;
    await page.locator(".opblock").first().waitFor();
    expect(await page.locator(".opblock").count()).toBe(operations.length);
    expect(await page.locator(".opblock-tag").count()).toBe(references.length);
    await page.locator("#operations-Completions-createCompletion").click();
    const operation = page.locator("#operations-Completions-createCompletion");
    await operation.locator(".opblock-section-request-body").getByText("Schema", { exact: true }).click();
    await operation.getByText("A text or a list of texts; lists of token numbers are refused.").waitFor();
    await page.locator(".responses-table").first().waitFor();
    reference.check();
  },
  patienceMs * 2,
);

test(
  "a request can be tried, and goes where the page came from",
  async () => {
    // Another address than the page's own, which the page's policy forbids.
    await using stack = await startStack({
      env: { PUBLIC_URL: "https://ai.example.org" },
      overrides: { referenceFolder: builtReference },
    });
    await using proxy = await startPrefixProxy(stack.url, "/deep/gateway");
    await using reference = await openReference(`${proxy.url}/deep/gateway`, true);
    const { page } = reference;
    const operation = page.locator("#operations-Gateway-getHealth");
    await operation.locator(".opblock-summary").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table").getByText("akashchat-api is running").waitFor();
    expect(await page.evaluate("document.documentElement.classList.contains('dark-mode')")).toBe(true);
    reference.check();
  },
  patienceMs * 2,
);

test(
  "a recording is written down by a form of which nothing but it was filled in, and a text is heard",
  async () => {
    const models = [
      { id: "whisper", audio: "transcription" as const },
      { id: "kokoro", audio: "speech" as const },
    ];
    await using over = await startOver([{ name: "sounds", persona: "vllm", models }], {
      overrides: { referenceFolder: builtReference },
    });
    await using reference = await openReference(over.url);
    const { page } = reference;

    async function open(id: string) {
      const operation = page.locator(`#operations-Audio-${id}`);
      await operation.locator(".opblock-summary").click();
      await operation.getByRole("button", { name: "Try it out" }).click();
      return operation;
    }
    const heard = await open("createTranscription");
    const recording = { name: "a.wav", mimeType: "audio/wav", buffer: Buffer.from("RIFF") };
    await heard.locator("input[type=file]").setInputFiles(recording);
    await heard.getByRole("button", { name: "Execute" }).click();
    await heard.locator(".live-responses-table").getByText("I hear 4 bytes").waitFor();
    const asked = over.server("sounds").requests.find(({ path }) => path.endsWith("/transcriptions"));
    const names = [...String(asked?.body).matchAll(/ name="([^"]*)"/g)].map(([, name]) => name);
    expect(names).toEqual(["model", "file"]);

    const spoken = await open("createSpeech");
    await spoken.getByRole("button", { name: "Execute" }).click();
    await spoken.locator(".live-responses-table audio[src^='blob:']").waitFor();
    expect(await spoken.getByRole("link", { name: "Save" }).getAttribute("href")).toMatch(/^blob:/);
    reference.check();
  },
  patienceMs * 2,
);
