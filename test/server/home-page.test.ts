import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import { renderHomePage } from "../../src/server/home-page.ts";
import { prefersHtml } from "../../src/server/prefers-html.ts";
import { readVersion } from "../../src/version.ts";
import { get, send } from "../support/post.ts";
import { listed } from "../support/router-of.ts";
import { startMerged } from "../support/start-merged.ts";
import { startStack } from "../support/start-stack.ts";

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8" };

test.each([
  [browser.accept, true],
  ["text/html", true],
  ["TEXT/HTML; q=0.9, */*", true],
  ["text/html, application/json;q=0.9", true],
  [undefined, false],
  ["", false],
  ["*/*", false],
  ["application/json", false],
  ["application/json, text/plain, */*", false],
  ["application/json, text/html", false],
  ["application/json, text/html;q=0.5", false],
  ["text/html;q=0", false],
  ["text/html;q=nonsense", false],
])("Accept %j prefers HTML: %s", (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});

describe("GET /", () => {
  test("shows a browser how to reach the gateway, and what it offers", async () => {
    await using stack = await startStack({
      env: { MODEL_ALIASES: "gpt-4o=DeepSeek-V3.2", DEFAULT_MODEL: "gpt-4o" },
    });
    const page = await get(stack.url, browser);
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(page.text).toContain(`<code>${stack.url}/v1</code>`);
    expect(page.text).toContain(`Gemini's and Ollama's clients</dt><dd><code>${stack.url}</code>`);
    expect(page.text).toContain(`<small>${readVersion()}</small>`);
    expect(page.text).toContain("<li><code>DeepSeek-V3.2</code> <small>64000 tokens</small></li>");
    expect(page.text).toContain("<li><code>AkashGen</code> <small>draws</small></li>");
    expect(page.text).toContain(
      "<code>gpt-4o</code> <small>another name of DeepSeek-V3.2, 64000 tokens</small>",
    );
    expect(page.text).toContain("API key</dt><dd>any</dd>");
    expect(page.text).toContain(`<a href="${stack.url}/v1/usage">/v1/usage</a>`);
    expect(page.text).toContain("<code>auto</code> is <code>gpt-4o</code>.");
    expect(page.headers["vary"]).toMatch(/accept/i);
  });

  test("shows a curl that works as it stands", async () => {
    await using stack = await startStack();
    const { text } = await get(stack.url, browser);
    const curl =
      /<pre>([^]*)<\/pre>/.exec(text)?.[1]?.replaceAll("&quot;", '"').replaceAll("&#39;", "'") ?? "";
    const [, url = "", body = ""] = /^curl (\S+) [^]*-d '(.*)'$/.exec(curl) ?? [];
    const reply = await send("POST", url, body, { "content-type": "application/json" });
    expect([reply.status, reply.json().choices[0].finish_reason]).toEqual([200, "stop"]);
  });

  test("answers programs as ever, with the same JSON", async () => {
    await using stack = await startStack();
    for (const headers of [{}, { accept: "*/*" }, { accept: "application/json" }]) {
      const reply = await get(stack.url, headers);
      expect(reply.headers["content-type"]).toMatch(/^application\/json/);
      expect(reply.json()).toMatchObject({
        name: "akashchat-api",
        openai_base_url: "/v1",
        openapi_url: "/openapi.json",
        documentation_url: "/docs/",
      });
    }
    expect(stack.simulator.requests).toEqual([]);
  });

  test("is there for HEAD, and asks for no icon that is missing", async () => {
    await using stack = await startStack();
    for (const headers of [{}, browser]) {
      const head = await send("HEAD", stack.url, null, headers);
      expect([head.status, head.text]).toEqual([200, ""]);
    }
    const icon = await get(`${stack.url}/favicon.ico`);
    expect([icon.status, icon.text]).toEqual([204, ""]);
  });

  test("where a key is needed says so, tells no more, and asks Akash Chat nothing", async () => {
    await using stack = await startStack({ env: { BEARER_TOKEN: "s3cret" } });
    const { status, text } = await get(stack.url, browser);
    expect(status).toBe(200);
    expect(text).toContain("BEARER_TOKEN");
    expect(text).toContain("authorization: Bearer YOUR_KEY");
    for (const hidden of ["s3cret", "DeepSeek", readVersion(), 'href="' + stack.url + "/v1/models"]) {
      expect(text).not.toContain(hidden);
    }
    expect(stack.simulator.requests).toEqual([]);
  });

  test.each([
    [{ "x-forwarded-proto": "https", "x-forwarded-host": "ai.example.com" }, {}, "https://ai.example.com"],
    [{}, { PUBLIC_URL: "https://ai.example.com/akash" }, "https://ai.example.com/akash"],
  ])("with %j and %j names the base URL %s", async (headers, env, expected) => {
    await using stack = await startStack({ env });
    const { text } = await get(stack.url, { ...browser, ...headers });
    expect(text).toContain(`<code>${expected}/v1</code>`);
    expect(text).toContain(`curl ${expected}/v1/chat/completions`);
  });

  test("names the upstreams where there are several, and says who does not answer now", async () => {
    await using stack = await startMerged({
      simulator: {
        models: [
          { id: "DeepSeek-V3.2", apiId: "deepseek-ai/DeepSeek-V3.2", tokenLimit: 64_000 },
          { id: "AkashGen" },
        ],
      },
      models: [{ id: "deepseek-ai/DeepSeek-V3.2", contextLength: 131_072 }],
      file: "models:\n  fast: [gone/llama, web/DeepSeek-V3.2]\n  away: [gone/llama]\n",
    });
    const before = (await get(stack.url, browser)).text;
    expect(before).toContain("<code>DeepSeek-V3.2</code> <small>131072 tokens, at web, paid</small>");
    expect(before).toContain("<code>fast</code> <small>64000 tokens, at gone (not now), web</small>");
    expect(before).toContain("<code>away</code> <small>at gone, does not answer now</small>");
    expect(before).toContain("<code>AkashGen</code> <small>draws, at web</small>");
    stack.simulator.enqueue({ error: { kind: "usage", resetAt: stack.clock.now / 1000 + 7200 } });
    const body = JSON.stringify({ model: "DeepSeek-V3.2", messages: [{ role: "user", content: "Hi" }] });
    await send("POST", `${stack.url}/v1/chat/completions`, body, { "content-type": "application/json" });
    const after = (await get(stack.url, browser)).text;
    expect(after).toContain("<small>131072 tokens, at web (not now), paid</small>");
    expect(after).toContain("<small>draws, at web, does not answer now</small>");
  });

  test("is shown also while there is no list of models", async () => {
    await using stack = await startStack({ baseUrl: () => "http://127.0.0.1:9" });
    const { status, text } = await get(stack.url, browser);
    expect([status, text]).toEqual([200, expect.stringContaining("akashchat-api doctor")]);
  });

  test("runs nothing, fetches nothing and lets nobody frame it", async () => {
    await using stack = await startStack();
    const { text, headers } = await get(stack.url, browser);
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? "";
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(policy).not.toContain("unsafe");
    expect(text).not.toMatch(/<script|\son\w+=|src=|url\(/i);
    const targets = [...text.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(targets.filter((target) => !target.startsWith(stack.url) && !target.startsWith("data:"))).toEqual(
      [],
    );
    expect(text.length).toBeLessThan(8000);
    for (const target of targets.filter((one) => one.startsWith("http"))) {
      expect((await get(target)).status, target).toBe(200);
    }
  });
});

test("whatever stands in names and addresses is text", () => {
  const evil = `"><img src=x onerror=alert(1)>'&`;
  const page = renderHomePage({
    baseUrl: `https://x/${evil}`,
    access: "open",
    version: evil,
    models: [
      { ...listed({ id: evil, kind: "chat" }, evil), aliasOf: evil },
      listed({ id: "m", kind: "chat" }, "other"),
    ],
  });
  expect(page).not.toContain("<img");
  expect(page).not.toContain(evil);
  expect(page).toContain("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&amp;");
});
