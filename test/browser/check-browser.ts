/**
 * Shows a page with image links in a real browser: `npm run check:browser`. Needs a Chromium (CHROMIUM, else
 * /usr/bin/chromium). The page comes from another origin and isolates itself (COEP), so that only links that
 * any page may show are shown, not the upstream's own; it also asks for an image itself, preflight and token included.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import OpenAI from "openai";
import { startStack } from "../support/start-stack.ts";

const token = "let-me-in";
const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--virtual-time-budget=20000",
  "--dump-dom",
];

await using stack = await startStack({ env: { IMAGE_POLL_MS: "10", BEARER_TOKEN: token } });
const { simulator } = stack;
const client = new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: token, maxRetries: 0 });
const links = new Map<string, string>();

for (const format of [undefined, "webp", "png", "jpeg"] as const) {
  simulator.enqueue({ image: { prompt: "a red boat" } });
  const { data } = await client.images.generate({
    prompt: "a red boat",
    ...(format === undefined ? {} : { output_format: format }),
  });
  links.set(`link-${format ?? "as-it-comes"}`, data?.[0]?.url ?? "");
}

simulator.enqueue({ image: { prompt: "a red boat", result: "data-url" } });
const inline = await client.images.generate({ prompt: "a red boat" });
links.set("link-to-inline-result", inline.data?.[0]?.url ?? "");

simulator.enqueue({ image: { prompt: "a red boat" } });
const base64 = await client.images.generate({ prompt: "a red boat", response_format: "b64_json" });
links.set("base64", `data:image/webp;base64,${base64.data?.[0]?.b64_json ?? ""}`);

simulator.enqueue({ image: { prompt: "a red boat" } });
const chat = await client.chat.completions.create({
  model: "AkashGen",
  messages: [{ role: "user", content: "a red boat" }],
});
links.set("markdown", /!\[[^\]]*\]\(([^)\s]+)/.exec(chat.choices[0]?.message.content ?? "")?.[1] ?? "");

const forged = new URL(links.get("link-as-it-comes") ?? "");
forged.searchParams.set("sig", "A".repeat(22));
const fileName = forged.pathname.slice(forged.pathname.lastIndexOf("/") + 1);
simulator.enqueue({ image: { prompt: "a red boat" } });

const page = `<!doctype html><meta charset="utf-8"><title>images</title>
${[...links].map(([id, url]) => `<img id="${id}" src="${url.replaceAll("&", "&amp;")}">`).join("\n")}
<img id="forged" src="${forged.href}">
<img id="upstream" src="${simulator.url}/api/image/${fileName}">
<pre id="report">the script did not run</pre>
<script>
async function main() {
  const answer = await fetch("${stack.url}/v1/images/generations", {
    method: "POST",
    headers: { authorization: "Bearer ${token}", "content-type": "application/json" },
    body: JSON.stringify({ prompt: "asked for by the page" }),
  });
  const image = new Image();
  image.id = "asked-by-page";
  image.src = (await answer.json()).data[0].url;
  document.body.append(image);
  await image.decode();
  const widths = [...document.images].map((image) => [image.id, image.naturalWidth]);
  return JSON.stringify(Object.fromEntries(widths));
}
addEventListener("load", () =>
  main().catch((error) => "failed: " + error).then((text) => (document.getElementById("report").textContent = text)),
);
</script>`;

const pages = createServer((_request, response) => {
  response.writeHead(200, {
    "content-type": "text/html; charset=utf-8",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
  });
  response.end(page);
});
await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
const { port } = pages.address() as AddressInfo;
const profile = await mkdtemp(join(tmpdir(), "check-browser-"));
try {
  const { stdout } = await promisify(execFile)(
    chromium,
    [...flags, `--user-data-dir=${profile}`, `http://localhost:${port}/`],
    { timeout: 120_000, maxBuffer: 64 * 1024 * 1024 },
  );
  const report = /<pre id="report">(.*?)<\/pre>/s.exec(stdout)?.[1] ?? "no report";
  console.log(report);
  const widths = JSON.parse(report) as Record<string, number>;
  const shown = [...links.keys(), "asked-by-page"];
  const missing = shown.filter((id) => !((widths[id] ?? 0) > 0));
  if (missing.length > 0) throw new Error(`The browser did not show: ${missing.join(", ")}`);
  for (const id of ["forged", "upstream"]) {
    if (widths[id] !== 0) throw new Error(`The browser showed an image that it must not: ${id}`);
  }
  console.log(`The browser showed ${shown.length} images from another origin.`);
} finally {
  pages.close();
  await rm(profile, { recursive: true, force: true });
}
