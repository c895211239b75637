import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createGate } from "../../support/gate.ts";
import { openStream } from "../../support/open-stream.ts";
import { get, post } from "../../support/post.ts";
import { openConsole } from "./support/open-console.ts";
import { readDownload } from "./support/read-download.ts";
import { connectBrowser } from "./support/connect-browser.ts";
import { type ShownStack, startShown } from "./support/start-shown.ts";
import { takePicture } from "./support/take-picture.ts";
import { writeDay } from "./support/write-day.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const adminToken = "admin-of-this-test";
const admin = { authorization: `Bearer ${adminToken}` };
const model = "DeepSeek-V3.2";
const messages = [{ role: "user", content: "Rename the port variable in server.ts and keep the default." }];
const edit = {
  type: "function",
  function: {
    name: "Edit",
    description: "Edits a file",
    parameters: {
      type: "object",
      properties: { file_path: { type: "string" }, old_string: { type: "string" } },
      required: ["file_path", "old_string"],
    },
  },
};

async function createKey(
  stack: ShownStack,
  wish: object,
): Promise<{ readonly id: string; readonly key: string }> {
  return (await post(`${stack.url}/admin/v1/keys`, wish, admin)).json();
}

/** Opens the console with a token, as after it was given once. */
async function openWith(
  stack: ShownStack,
  token: string,
  options: Omit<Parameters<typeof openConsole>[1], "url"> = {},
) {
  const { route = "#/requests", ...others } = options;
  const console = await openConsole(browser, { url: stack.url, ...others });
  const { page } = console;
  await page.getByLabel("Token or key").or(page.getByLabel("令牌或密钥")).fill(token);
  await page.keyboard.press("Enter");
  await page.locator("main#content").waitFor();
  await page.goto(`${stack.url}/console/${route}`);
  return console;
}

/** The texts of some cells, each once. */
async function setOf(page: Page, selector: string): Promise<readonly string[]> {
  return [...new Set(await page.locator(`.request-table ${selector}`).allInnerTexts())];
}

const linesOf = (page: Page) => page.locator(".request-table tbody tr");

/** Asks for a call that does not fit, then for one that does. */
async function askTwice(stack: ShownStack, key: string) {
  // A schema that is checked for the first time in a process may take longer than a check may: this one's calls don't matter.
  stack.simulator.enqueue({
    text: '<tool_call>\n{"name": "Edit", "arguments": {"file_path": "a", "old_string": "b"}}\n</tool_call>',
  });
  const first = { model, tools: [edit], messages };
  await post(`${stack.url}/v1/chat/completions`, first, { authorization: `Bearer ${key}` });
  stack.simulator.enqueue({
    text: '<think>The variable is called p.</think>I\'ll rename it in one edit.\n<tool_call>\n{"name": "Edit", "arguments": {"file_path": 7}}\n</tool_call>',
  });
  stack.simulator.enqueue({
    text: '<tool_call>\n{"name": "Edit", "arguments": {"file_path": "server.ts", "old_string": "const p"}}\n</tool_call>',
  });
  const body = {
    model,
    stream: true,
    tools: [edit],
    messages: [{ role: "system", content: "Be brief." }, ...messages],
  };
  const headers = {
    authorization: `Bearer ${key}`,
    "user-agent": "claude-cli/2.1.332",
    "x-session-id": "4e1b",
  };
  const reply = await post(`${stack.url}/v1/chat/completions`, body, headers);
  return String(reply.headers["x-request-id"]);
}

test("the table: filters, search, a time by the strip, pages, keys of the keyboard, a file", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  const names = ["ci-agents", "claude-code", "open-webui", "codex"];
  const keys = await Promise.all(names.map((name) => createKey(stack, { name })));
  writeDay(
    stack.gateway.services.ledger,
    Date.now() - 60_000,
    keys.map(({ id }) => id),
  );
  await using console = await openWith(stack, adminToken);
  const { page } = console;
  await linesOf(page).nth(99).waitFor();
  await console.check();
  await takePicture(page, "requests-light");
  await using dark = await openWith(stack, adminToken, { dark: true });
  await linesOf(dark.page).nth(99).waitFor();
  await dark.check();
  await takePicture(dark.page, "requests-dark");
  await page.getByRole("button", { name: "Show older" }).click();
  await linesOf(page).nth(150).waitFor();

  // Filters stand in the address, so they can be kept and sent.
  await page.getByLabel("Key", { exact: true }).selectOption({ label: "codex" });
  await expect.poll(() => setOf(page, ".cell-key")).toEqual(["codex"]);
  expect(page.url()).toContain(`key=${keys[3]?.id}`);
  await page.getByLabel("Result", { exact: true }).selectOption({ label: "stream cut" });
  await expect.poll(() => setOf(page, ".cell-result")).toEqual(["stream cut"]);
  await page.getByLabel("Search", { exact: true }).fill("nothing like it");
  await page.getByText("No request matches").waitFor();
  await page.getByText("“nothing like it”").waitFor();
  await console.check();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await linesOf(page).nth(99).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("req_day_17");
  await expect
    .poll(() => page.locator(".cell-time a").first().getAttribute("href"))
    .toContain("request=req_day_17");
  await page.keyboard.press("Escape");

  // The list by the keyboard alone, there and back.
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const href = await page.locator(".cell-time a:focus").getAttribute("href");
  await page.keyboard.press("Enter");
  await page.getByText("This request was not traced").waitFor();
  expect(new URL(page.url()).hash).toBe(href);
  const first = await page.locator("h1").innerText();
  await page.keyboard.press("[");
  await expect.poll(() => page.locator("h1").innerText()).not.toBe(first);
  // The next key is for the request that is shown then.
  await page.getByText("This request was not traced").waitFor();
  await page.keyboard.press("]");
  await expect.poll(() => page.locator("h1").innerText()).toBe(first);
  await console.check();
  await page.keyboard.press("Escape");
  await linesOf(page).first().waitFor();
  await page.goto(`${stack.url}/console/#/requests`);
  await linesOf(page).nth(99).waitFor();

  const strip = page.locator(".strip-frame");
  const box = await strip.boundingBox();
  if (box === null) throw new Error("The strip is not seen.");
  await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 10);
  await page.mouse.up();
  await page.locator(".strip-choice").waitFor();
  expect(page.url()).toMatch(/from=.*to=/);
  await page.getByRole("button", { name: "Show all of the time again" }).click();
  await strip.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Enter");
  await page.locator(".strip-choice").waitFor();
  await page.getByRole("button", { name: "Show all of the time again" }).click();

  await page.getByRole("button", { name: "Export" }).click();
  const file = await readDownload(page, () => page.getByRole("button", { name: "Table as CSV" }).click());
  const csv = file.trim().split("\r\n");
  expect(csv[0]).toMatch(/^id,created_at,outcome,/);
  expect(csv.length).toBeGreaterThan(500);
  await console.check();
});

test("what comes appears at once; while the list is pointed at it waits", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  await using console = await openWith(stack, adminToken);
  const { page } = console;
  // What the gateway was asked before by its support.
  await linesOf(page).first().waitFor();
  const before = await linesOf(page).count();
  // Those of the operator's own have no key.
  expect(await setOf(page, ".cell-key")).toEqual(["operator"]);
  const ask = () => post(`${stack.url}/v1/chat/completions`, { model, messages }, admin);
  await ask();
  const results = () => page.locator(".request-table .cell-result").allInnerTexts();
  await expect.poll(results).toEqual(Array.from({ length: before + 1 }, () => "stop"));
  await linesOf(page).first().hover();
  // Neither while it is answered nor when it is over.
  const held = createGate();
  async function* slowly() {
    yield "one ";
    await held.promise;
  }
  stack.simulator.enqueue({ text: slowly() });
  const url = `${stack.url}/v1/chat/completions`;
  const pointed = await openStream(url, { model, messages, stream: true }, admin);
  await page.getByText("1 stream open").waitFor();
  expect(await linesOf(page).count()).toBe(before + 1);
  held.open();
  await pointed.readRest();
  await page.getByText("1 new").waitFor();
  expect(await linesOf(page).count()).toBe(before + 1);
  await page.mouse.move(0, 0);
  await linesOf(page)
    .nth(before + 1)
    .waitFor();

  const gate = createGate();
  async function* words() {
    yield "one ";
    await gate.promise;
    yield "two";
  }
  stack.simulator.enqueue({ text: words() });
  const stream = await openStream(url, { model, messages, stream: true }, admin);
  await stream.readUntil("one");
  await page.getByText("streaming", { exact: true }).first().waitFor();
  await console.check();
  await linesOf(page).first().click();
  await page.getByText("This request is still under way.").waitFor();
  gate.open();
  await stream.readRest();
  await page.getByText("It was answered.").waitFor();
  await console.check();
});

test("a trace: the verdict, two turns, parts that are linked; light, dark, Chinese and narrow", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  const { key } = await createKey(stack, {
    name: "ci-agents",
    trace: true,
    budget: { tokens: 100_000, period: "day" },
  });
  const id = await askTwice(stack, key);
  const route = `#/requests?request=${id}`;
  await using console = await openWith(stack, adminToken, { route });
  const { page } = console;
  await page.getByText("was called, on the second try.").waitFor();
  await page.locator(".fact", { hasText: "Repairs" }).getByText("asked again").waitFor();
  await page
    .locator(".fact", { hasText: "Settled" })
    .getByText(/^of [\d,]+ \+ [\d,]+ reserved$/)
    .waitFor();
  await page.getByText("tools, written in by the gateway").waitFor();
  const raw = page.locator(".panel-raw");
  const answer = page.locator(".panel-answer");
  await raw.getByText("Asked again:").waitFor();
  await raw.locator(".raw-dropped").waitFor();
  await console.check();
  await takePicture(page, "trace-light");

  // What is pointed at is marked wherever it stands.
  await raw.locator(".raw-part.raw-text", { hasText: "rename it" }).hover();
  await answer.locator(".is-pointed", { hasText: "rename it" }).waitFor();
  await answer.locator(".answer-thinking").focus();
  await raw.locator(".is-pointed", { hasText: "variable is called p" }).waitFor();

  // A turn is chosen in the timeline, by the keyboard too; prompt and raw text follow.
  await page.locator(".timeline [data-turn='0']").focus();
  await page.keyboard.press("ArrowDown");
  await raw.locator(".raw-tool_call").waitFor();
  await page.locator(".panel-prompt").getByText("file_path").first().waitFor();
  await answer.locator(".answer-tool_call").hover();
  await raw.locator(".raw-tool_call.is-pointed").waitFor();
  await answer.getByRole("button", { name: "Events" }).click();
  await answer.getByText("[DONE]").waitFor();
  const sentences = await page.locator(".timeline ol li").allInnerTexts();
  expect(sentences.length).toBe(4);
  expect(sentences.join(" ")).toMatch(/Attempt 1, web · turn 1: first byte after/);
  const file = await readDownload(page, () => page.getByRole("button", { name: "Export JSON" }).click());
  expect(JSON.parse(file)).toMatchObject({
    object: "trace",
    request_id: id,
  });
  await console.check();

  await using dark = await openWith(stack, adminToken, { route, dark: true });
  await dark.page.locator(".trace-panels").waitFor();
  await dark.check();
  await takePicture(dark.page, "trace-dark");
  await using chinese = await openWith(stack, adminToken, { route, locale: "zh-CN" });
  await chinese.page.getByText("第二次才成功").waitFor();
  await chinese.check();
  for (const width of [360, 390]) {
    await using narrow = await openWith(stack, adminToken, { route, width, height: 844, dark: true });
    await narrow.page.getByRole("button", { name: "Answer", exact: true }).click();
    await narrow.page.locator(".panel-answer").waitFor();
    expect(await narrow.page.locator(".panel-raw").isVisible()).toBe(false);
    expect(await narrow.page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await narrow.check();
    await narrow.page.goto(`${stack.url}/console/#/requests`);
    await linesOf(narrow.page).first().waitFor();
    expect(await narrow.page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await narrow.check();
  }
});

test("trace my next request: wished for, taken by whoever asks, opened", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  const { key } = await createKey(stack, { name: "ci-agents" });
  await using console = await openWith(stack, adminToken);
  const { page } = console;
  await linesOf(page).first().waitFor();
  const before = await linesOf(page).count();
  await page.keyboard.press("t");
  await page.getByText("Waiting for the next request").waitFor();
  await page.locator(".band select").selectOption({ label: "ci-agents" });
  await console.check();
  await post(`${stack.url}/v1/chat/completions`, { model, messages }, admin);
  await linesOf(page).nth(before).waitFor();
  await page.getByText("Waiting for the next request").waitFor();
  const body = { model, messages };
  const taken = await post(`${stack.url}/v1/chat/completions`, body, { authorization: `Bearer ${key}` });
  // On the page that it leads to, to which the list leads as well, there is no need to tell of it.
  const open = page.getByRole("button", { name: "Open the trace" });
  await open.waitFor();
  await page.locator(`.cell-time a[href*="${String(taken.headers["x-request-id"])}"]`).click();
  await page.locator(".trace-panels").waitFor();
  await page.locator(".band").waitFor({ state: "detached" });
  await page.keyboard.press("Escape");
  await open.click();
  await page.locator(".trace-panels").waitFor();
  await page.getByText("It was answered.").waitFor();
  await console.check();
});

test("what a key and the operator's other token see, and what not", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken, BEARER_TOKEN: "sesame" });
  const [mine, theirs] = [
    await createKey(stack, { name: "mine" }),
    await createKey(stack, { name: "theirs" }),
  ];
  for (const { key } of [mine, theirs, theirs])
    await post(`${stack.url}/v1/chat/completions`, { model, messages }, { authorization: `Bearer ${key}` });
  await using own = await openWith(stack, mine.key);
  await own.page.getByText("You see the requests of mine.").waitFor();
  await linesOf(own.page).first().waitFor();
  expect(await linesOf(own.page).count()).toBe(1);
  await own.page.getByRole("button", { name: "Trace my next request" }).click();
  await own.page.getByText("Traces hold prompts and answers").waitFor();
  await own.check();
  await linesOf(own.page).first().click();
  await own.page.getByText("This request was not traced").waitFor();
  await own.check();
  await using operator = await openWith(stack, "sesame");
  await linesOf(operator.page).nth(2).waitFor();
  await operator.check();
});

test("without a ledger it says so", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken, LEDGER_DAYS: "0" });
  await using console = await openWith(stack, adminToken);
  await console.page.getByText("This gateway notes no requests").waitFor();
  await console.check();
});

/** What people try who want a page to run their text. */
const evil = `<img src=x onerror="document.title='owned'">`;
const bidi = "\u202Egnp.exe\u202C";

test("texts of strangers stay texts: names, headers, models, prompts, raw texts, calls", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  const { key } = await createKey(stack, { name: evil, trace: true });
  stack.simulator.enqueue({
    text: `<think>${evil}</think>[here](javascript:alert(1)) ${bidi} ${evil}\n<tool_call>\n{"name": "Edit", "arguments": {"file_path": "${bidi}", "old_string": ${JSON.stringify(evil)}}}\n</tool_call>`,
  });
  const headers = {
    authorization: `Bearer ${key}`,
    "user-agent": evil,
    "x-session-id": "<script>x</script>",
    "x-request-id": "req_evil",
  };
  await post(
    `${stack.url}/v1/chat/completions`,
    { model, tools: [edit], messages: [{ role: "user", content: `${evil} ${bidi}` }], stream: true },
    headers,
  );
  await post(
    `${stack.url}/v1/chat/completions`,
    { model: `javascript:alert(1)//${evil}`, messages },
    headers,
  );
  await using console = await openWith(stack, adminToken);
  const { page } = console;
  await linesOf(page).nth(1).waitFor();
  await linesOf(page).getByText(evil).first().waitFor();
  await console.check();
  await page.goto(
    `${stack.url}/console/#/requests?q=${encodeURIComponent(evil)}&model=${encodeURIComponent(evil)}`,
  );
  await page.getByText("No request matches").waitFor();
  const traces = (await get(`${stack.url}/admin/v1/traces`, admin)).json().data;
  expect(traces.length).toBe(2);
  await stack.gateway.services.ledger.flush();
  for (const trace of traces) {
    await page.goto(`${stack.url}/console/#/requests?request=${encodeURIComponent(trace.request_id)}`);
    await page.locator(".trace-panels").waitFor();
    await console.check();
  }
  expect(await page.locator("main img, main script, main a[href^='javascript:']").count()).toBe(0);
  expect(await page.title()).not.toBe("owned");
});

test("raw texts as long as a trace keeps them are folded, and open without a halt", async () => {
  await using stack = await startShown({ ADMIN_TOKEN: adminToken });
  const { key } = await createKey(stack, { name: "long", trace: true });
  stack.simulator.enqueue({ text: `${"word ".repeat(200_000)}\n${"line\n".repeat(20_000)}` });
  const long = [{ role: "user", content: "x\n".repeat(100_000) }];
  const reply = await post(
    `${stack.url}/v1/chat/completions`,
    { model: "akashml/deepseek-ai/DeepSeek-V4-Flash", messages: long },
    { authorization: `Bearer ${key}` },
  );
  stack.simulator.enqueue({ text: "word ".repeat(200_000) });
  const other = await post(
    `${stack.url}/v1/chat/completions`,
    { model, messages, stream: true },
    { authorization: `Bearer ${key}` },
  );
  await using console = await openWith(stack, adminToken, {
    route: `#/requests?request=${String(other.headers["x-request-id"])}`,
  });
  const { page } = console;
  await page.locator(".trace-panels").waitFor();
  await page.locator(".panel-raw .fold").first().click();
  expect((await page.locator(".panel-raw pre").first().textContent())?.length).toBeGreaterThan(250_000);
  await page.getByRole("button", { name: "Events" }).click();
  await page.locator(".events li").first().waitFor();
  await page.goto(`${stack.url}/console/#/requests?request=${String(reply.headers["x-request-id"])}`);
  await page.locator(".panel-prompt .fold").first().click();
  await console.check();
});
