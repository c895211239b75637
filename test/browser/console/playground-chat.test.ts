import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { builtConsole } from "../../../src/built-console.ts";
import { createGate } from "../../support/gate.ts";
import { get } from "../../support/post.ts";
import { startTcpProxy } from "../../support/postgres/start-tcp-proxy.ts";
import { startStack } from "../../support/start-stack.ts";
import { openConsole } from "./support/open-console.ts";
import {
  choose,
  declareWeather,
  findLastBody,
  playgroundRoute as route,
  say,
  waitForRest,
  writeCall,
} from "./support/playground-steps.ts";
import { connectBrowser } from "./support/connect-browser.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await connectBrowser();
});
afterAll(() => browser.close());

const overrides = { consoleFolder: builtConsole };
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A script by which a page is given a file, as a person gives it. */
const giveFile = (kind: "paste" | "drop") => `{
  const bytes = Uint8Array.from(atob("${png.toString("base64")}"), (character) => character.charCodeAt(0));
  const files = new DataTransfer();
  files.items.add(new File([bytes], "x.png", { type: "image/png" }));
  const how = { bubbles: true, cancelable: true, clipboardData: files, dataTransfer: files };
  const field = document.querySelector(".composer textarea");
  field.dispatchEvent(${kind === "paste" ? "new ClipboardEvent" : "new DragEvent"}("${kind}", how));
}`;

test("an answer is stopped, goes on, is asked anew, and what was said is said otherwise", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  const gate = createGate();
  async function* words() {
    yield "One, two";
    await gate.promise;
  }
  stack.simulator.enqueue({ text: words() });
  await say(page, "Count");
  await page.getByText("One, two").waitFor();
  await page.getByText("streaming").waitFor();
  await console.check();
  await page.evaluate(`document.querySelector(".composer textarea").dispatchEvent(
    new KeyboardEvent("keydown", { key: "Escape", isComposing: true, bubbles: true }),
  )`);
  expect(await page.getByText(/stopped by you/).count()).toBe(0);
  await page.keyboard.press("Escape");
  await page.getByText(/stopped by you, after/).waitFor();
  gate.open();
  stack.simulator.enqueue({ text: ", three." });
  await page.getByRole("button", { name: "Continue from here" }).click();
  await page.getByText(", three.").waitFor();
  await waitForRest(page);
  expect(findLastBody(stack)).toContain("One, two");

  stack.simulator.enqueue({ text: "#### Uno\n\ndos\n\n###### Tres\n\nUno, dos." });
  await page.getByRole("button", { name: "Again" }).click();
  await page.getByText("Uno, dos.").waitFor();
  // Wherever a model begins, and whatever it leaves out, the outline of the page has no gap.
  expect([await page.locator(".md h3").innerText(), await page.locator(".md h4").innerText()]).toEqual([
    "Uno",
    "Tres",
  ]);
  await console.check();
  expect(await page.getByText("One, two").count()).toBe(0);
  expect(findLastBody(stack)).not.toContain("One, two");

  stack.simulator.enqueue({ text: "Un, deux." });
  await page.getByRole("button", { name: "Edit and resend" }).click();
  await page.getByRole("textbox", { name: "Edit and resend" }).fill("Count in French");
  await page.keyboard.press("Enter");
  await page.getByText("Un, deux.").waitFor();
  expect(await page.getByText("Uno, dos.").count()).toBe(0);
  await waitForRest(page);
  await console.check();

  // Shift Enter is a new line, and a message alone is sent.
  await page.locator(".composer textarea").fill("a");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("b");
  expect(await page.locator(".composer textarea").inputValue()).toBe("a\nb");
});

test("while an answer comes, what was said can be said otherwise or asked again, and only the last is answered", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  const gate = createGate();
  async function* words(word: string) {
    yield word;
    await gate.promise;
  }
  stack.simulator.enqueue({ text: "First answer." });
  await say(page, "First");
  await waitForRest(page);
  await page.getByRole("button", { name: "Edit and resend" }).click();
  stack.simulator.enqueue({ text: words("slowly") });
  await say(page, "Second");
  await page.getByText("slowly").waitFor();
  // A second model would get what is still written for the first, and wait for the rest for ever.
  expect(await page.getByRole("button", { name: "Compare" }).first().isDisabled()).toBe(true);
  stack.simulator.enqueue({ text: words("otherwise") });
  await page.locator(".edit-form textarea").fill("Another");
  await page.keyboard.press("Enter");
  await page.getByText("otherwise").waitFor();
  const open = async () => (await get(`${stack.url}/v1/status`)).json().open.length;
  await expect.poll(open).toBe(1);
  await page.keyboard.press("Escape");
  await page.getByText(/stopped by you, after/).waitFor();
  expect(await page.locator(".user-text").allInnerTexts()).toEqual(["Another"]);
  stack.simulator.enqueue({ text: "Done." });
  await page.getByRole("button", { name: "Ask again" }).click();
  await waitForRest(page);
  stack.simulator.enqueue({ text: words("in vain") });
  await say(page, "Third");
  await page.getByText("in vain").waitFor();
  stack.simulator.enqueue({ text: "Again." });
  await page.getByRole("button", { name: "Again", exact: true }).first().click();
  await waitForRest(page);
  await page.getByText("Again.").waitFor();
  await expect.poll(open).toBe(0);
  expect(await page.locator(".answer-turn").count()).toBe(1);
  gate.open();
  await console.check();
});

test("what a model can't do, and what breaks on the way, is told, with what one can do", async () => {
  await using stack = await startStack({ overrides });
  await using proxy = await startTcpProxy(Number(new URL(stack.url).port));
  await using console = await openConsole(browser, { url: `http://127.0.0.1:${proxy.port}`, route });
  const { page } = console;
  stack.simulator.enqueue({ error: { kind: "http", status: 400, body: "no" } });
  await say(page, "Hi");
  await page.getByText("No answer.", { exact: true }).waitFor();
  expect(await page.locator(".end-note-failed p").innerText()).toContain("Akash Chat reports: no");
  await console.check(502);
  stack.simulator.enqueue({ text: "Hello." });
  await page.getByRole("button", { name: "Ask again" }).click();
  await page.getByText("Hello.").waitFor();
  await waitForRest(page);

  const gate = createGate();
  async function* words() {
    yield "half of it";
    await gate.promise;
  }
  stack.simulator.enqueue({ text: words() });
  await say(page, "More");
  await page.getByText("half of it").waitFor();
  proxy.cut();
  await page.getByText(/connection lost here, after/).waitFor();
  await page.getByText("the connection to the gateway broke").waitFor();
  expect(await page.getByText("half of it").isVisible()).toBe(true);
  await page.getByText("stream cut").waitFor();
  gate.open();
  proxy.mend();
});

test("pictures go in by file, paste and drop, come out drawn, and go in again", async () => {
  await using stack = await startStack({ overrides, env: { VISION_MODELS: "*" } });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  const file = { name: "red.png", mimeType: "image/png", buffer: png };
  await page.locator("input[type=file]").setInputFiles([file]);
  await page.getByRole("img", { name: "Picture 1" }).waitFor();
  await page
    .locator("input[type=file]")
    .setInputFiles([{ ...file, name: "notes.txt", mimeType: "text/plain" }]);
  await page.getByText("notes.txt is no picture that can be sent.").waitFor();
  // What only calls itself one, the model would refuse, after the question was sent.
  await page
    .locator("input[type=file]")
    .setInputFiles([{ ...file, name: "named-so.png", buffer: Buffer.from("no picture") }]);
  await page.getByText("named-so.png is no picture that can be sent.").waitFor();
  for (const [kind, name] of [
    ["paste", "Picture 2"],
    ["drop", "Picture 3"],
  ] as const) {
    await page.evaluate(giveFile(kind));
    await page.getByRole("img", { name }).waitFor();
  }
  await page.getByRole("button", { name: "Take picture 3 out" }).click();
  await console.check();
  stack.simulator.enqueue({ text: "Two red dots." });
  await say(page, "What is it?");
  await page.getByText("Two red dots.").waitFor();
  expect(await page.locator(".user-images img").count()).toBe(2);
  expect(findLastBody(stack).split(png.toString("base64")).length - 1).toBe(2);

  await page.getByRole("button", { name: "New chat" }).click();
  await choose(page, "AkashGen");
  await page.getByText("Say what it shall draw.").waitFor();
  const gate = createGate();
  stack.simulator.enqueue({
    image: { prompt: "A vibrant [red] boat", statuses: ["pending", "succeeded"], pollGate: gate.promise },
  });
  await say(page, "a red boat");
  await page.getByText(/waiting to be drawn|being drawn/).waitFor();
  gate.open();
  const drawn = page.locator(".picture img");
  await drawn.waitFor();
  expect(await drawn.getAttribute("alt")).toBe("A vibrant red boat");
  await page.getByText(/64 × 64/).waitFor();
  await page.getByRole("button", { name: "Use as input" }).click();
  await page.getByRole("img", { name: "Picture 1" }).waitFor();
  await page.getByRole("button", { name: "Show as code" }).click();
  expect(await page.locator(".snippet").innerText()).toContain("/v1/images/generations");
  await console.check();
});

test("a schema shapes the answer; parameters without sense are told, and nothing is sent with them", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  await page.getByRole("button", { name: "Add schema" }).click();
  stack.simulator.enqueue({ text: '{"answer": "blue"}' });
  await page.getByLabel("Temperature").fill("7");
  await page.getByText("From 0 to 2.").waitFor();
  await page.locator(".composer textarea").fill("The sky?");
  expect(await page.getByRole("button", { name: "Send", exact: true }).isDisabled()).toBe(true);
  await page.getByLabel("Temperature").fill("0.2");
  await page.locator(".composer textarea").press("Enter");
  await page.getByText('"blue"').waitFor();
  expect(findLastBody(stack)).toContain("0.2");
  await page.getByLabel("JSON schema", { exact: true }).fill("{");
  await page.getByText("This is no JSON object.").waitFor();
  await console.check();
});

test("an error is told to the model as one; a call with a part missing is marked", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  await declareWeather(page);
  stack.simulator.enqueue({ text: writeCall({ city: "Atlantis" }) + writeCall({ city: "Lisbon" }) });
  await say(page, "Weather?");
  const cards = page.locator(".tool-card");
  await cards.nth(1).waitFor();
  stack.simulator.enqueue({ text: "I could not find one of them." });
  await cards.nth(0).getByLabel("Your result").fill("no such city");
  await cards.nth(0).getByRole("button", { name: "Send an error" }).click();
  await cards.nth(0).getByText("Sent as an error").waitFor();
  expect(await page.getByText("I could not find one of them.").count()).toBe(0);
  await cards.nth(1).getByLabel("Your result").fill("sun");
  await cards.nth(1).getByRole("button", { name: "Send result" }).click();
  await page.getByText("I could not find one of them.").waitFor();
  expect(findLastBody(stack)).toContain("Error: no such city");
  await console.check();
});

test("chats stay in the browser: over a reload, with their settings; renamed, and deleted for good", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  await page.getByLabel("System prompt").fill("Be brief.");
  stack.simulator.enqueue({ text: "First answer." });
  await say(page, "First question");
  await page.getByText("First answer.").waitFor();
  await waitForRest(page);
  await page.getByRole("button", { name: "First question", exact: true }).waitFor();
  await page.getByRole("button", { name: "New chat" }).click();
  stack.simulator.enqueue({ text: "Second answer." });
  await say(page, "Second question");
  await page.getByText("Second answer.").waitFor();
  await page.getByRole("button", { name: "Second question", exact: true }).waitFor();
  expect(findLastBody(stack)).not.toContain("Be brief.");

  await page.reload();
  await page.getByRole("button", { name: "First question", exact: true }).click();
  await page.getByText("First answer.").waitFor();
  expect(await page.getByLabel("System prompt").inputValue()).toBe("Be brief.");
  await page.getByRole("button", { name: "Rename or delete First question" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Of the first things");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("button", { name: "Of the first things", exact: true }).waitFor();
  await console.check();
  await page.getByRole("button", { name: "Rename or delete Second question" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("button", { name: "Second question", exact: true }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Delete all" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("Of the first things").waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("Ask it something.").waitFor();
  expect(await page.locator(".chat-row").count()).toBe(0);
});

test("an answer goes on while one looks at another page or chat", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  const gate = createGate();
  async function* words() {
    yield "begun";
    await gate.promise;
    yield " and ended.";
  }
  stack.simulator.enqueue({ text: words() });
  await say(page, "Slowly");
  await page.getByText("begun").waitFor();
  await page.getByRole("button", { name: "New chat" }).click();
  await page.getByText("Ask it something.").waitFor();
  await page.getByRole("link", { name: "Overview" }).first().click();
  gate.open();
  await page.getByText("0 streams open").waitFor();
  await page.getByRole("link", { name: "Playground" }).first().click();
  await page.getByRole("button", { name: "Slowly", exact: true }).click();
  await page.getByText("begun and ended.").waitFor();
  await console.check();
});

test("what a model and others write is text: no markup, no script, no link but of the web, no picture of strangers", async () => {
  const evil = `"><img src=x onerror=window.ran=1><script>window.ran=1</script>`;
  await using stack = await startStack({
    overrides,
    simulator: { models: [{ id: "DeepSeek-V3.2" }, { id: `m${evil}` }] },
  });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  await declareWeather(page);
  await choose(page, `m${evil}`);
  const links = [
    "javascript:window.ran=1",
    "JAVASCRIPT:window.ran=1",
    "data:text/html,<script>window.ran=1</script>",
    "vbscript:x",
    "#/keys",
    "/admin/v1/keys",
  ];
  const text = [
    evil,
    `# ${evil}`,
    `- ${evil}`,
    `> ${evil}`,
    `| ${evil} | b |\n|---|---|\n| ${evil} | x |`,
    `\`\`\`${evil}\n${evil}\u202E\n\`\`\``,
    `\`${evil}\u2066\``,
    ...links.map((link) => `[press](${link}) ![seen](${link})`),
    "![spy](https://spy.example/pixel.png?q=secret)",
    '<a href="javascript:window.ran=1">x</a> <svg onload=window.ran=1>',
    "[good](https://good.example/a?b=c) <https://good.example>",
    "\u202E reversed",
  ].join("\n\n");
  stack.simulator.enqueue({ reasoning: evil, text });
  await say(page, evil);
  await page.getByText("reversed").waitFor();
  await waitForRest(page);
  stack.simulator.enqueue({ text: writeCall({ city: `${evil}\u202E` }) });
  await say(page, `again ${evil}`);
  const card = page.locator(".tool-card");
  await card.getByLabel("Your result").fill(evil);
  expect(await card.locator("pre").innerText()).toContain("⟨U+202E⟩");
  await page.locator(".thinking summary").first().click();
  await page.getByRole("button", { name: "Show as code" }).click();
  for (const name of ["OpenAI SDK", "Anthropic SDK", "AI SDK", "curl"])
    await page.getByRole("button", { name, exact: true }).click();

  expect(await page.evaluate("window.ran")).toBeUndefined();
  expect(await page.locator("img, script:not([src]), [onerror], [onload], iframe").count()).toBe(0);
  const hrefs: unknown = await page.evaluate(
    "[...document.querySelectorAll('.md a')].map((link) => [link.getAttribute('href'), link.rel])",
  );
  const rel = "noopener noreferrer";
  expect(hrefs).toEqual([
    ["https://spy.example/pixel.png?q=secret", rel],
    ["https://good.example/a?b=c", rel],
    ["https://good.example/", rel],
  ]);
  await console.check();
});

test("keys of the page: P opens and closes the parameters, and typing is typing", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route, locale: "zh-CN" });
  const { page } = console;
  await page.getByText("问点什么吧。").waitFor();
  await page.locator(".composer textarea").fill("");
  await page.keyboard.type("p1t");
  expect(await page.locator(".composer textarea").inputValue()).toBe("p1t");
  await page.locator(".turns").focus();
  await page.keyboard.press("p");
  await page.locator(".drawer").waitFor({ state: "detached" });
  await page.keyboard.press("p");
  await page.locator(".drawer").waitFor();
  await console.check();
});

test("where the browser keeps nothing, it says so, and one can talk all the same", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  await page.addInitScript(
    "Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('switched off'); } } })",
  );
  await page.reload();
  await page.getByText("This browser keeps no chats: switched off").waitFor();
  stack.simulator.enqueue({ text: "Here I am." });
  await say(page, "Hello");
  await page.getByText("Here I am.").waitFor();
  await waitForRest(page);
  await console.check();
});

test("what another version has written into a chat breaks neither it nor the list", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  stack.simulator.enqueue({ text: "One." });
  await say(page, "First");
  await waitForRest(page);
  await page.getByRole("button", { name: "First", exact: true }).waitFor();
  await page.evaluate(`new Promise((resolve) => {
    indexedDB.open("akashchat-api.playground").onsuccess = ({ target: { result } }) => {
      const change = result.transaction(["heads", "chats"], "readwrite");
      change.objectStore("heads").put({ id: "odd", at: Date.now() });
      change.objectStore("chats").put({ id: "odd", lanes: [{ model: "m", turns: [{ kind: "user" }, null] }] });
      change.oncomplete = resolve;
    };
  })`);
  await page.reload();
  await page.getByRole("button", { name: "Nothing said yet", exact: true }).click();
  await page.getByText("Ask it something.").waitFor();
  await page.getByRole("button", { name: "First", exact: true }).click();
  await page.getByText("One.").waitFor();
  await console.check();
});

test("a chat that is deleted is answered no longer", async () => {
  await using stack = await startStack({ overrides });
  await using console = await openConsole(browser, { url: stack.url, route });
  const { page } = console;
  const gate = createGate();
  async function* words() {
    yield "begun";
    await gate.promise;
  }
  stack.simulator.enqueue({ text: words() });
  await say(page, "Long");
  await page.getByText("begun").waitFor();
  await page.getByText("1 stream open").waitFor();
  await page.getByRole("button", { name: "Rename or delete Long" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByText("0 streams open").waitFor();
  await page.getByText("Ask it something.").waitFor();
  gate.open();
  await console.check();
});
