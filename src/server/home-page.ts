import { createHash } from "node:crypto";

import { anyModel } from "../model/any-model.ts";
import type { ListedModel } from "../model/leg.ts";

/** What the page shows of a gateway. */
export type HomePage = {
  /** Where the browser reaches the gateway, no trailing slash. */
  readonly baseUrl: string;
} & (
  | { readonly access: "key" }
  | {
      readonly access: "open";
      readonly version: string;
      /** What `auto` means, if that was configured. */
      readonly defaultModel?: string | undefined;
      /** `undefined`: they can't be had at the moment. */
      readonly models: readonly ListedModel[] | undefined;
    }
);

/** How the gateway's plain pages look; its hash is in their policy. */
export const pageStyle = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin-bottom: 0; } h2 { font-size: 1.1rem; margin-top: 2rem; }
small { opacity: .7; font-weight: normal; }
dt { opacity: .7; margin-top: .5rem; } dd { margin: 0; }
code, pre { font: .9em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; padding: .75rem; border: 1px solid #8886; border-radius: .4rem; }
pre, dd code { user-select: all; }
ul { padding-left: 1.2rem; }
`;

/** Nothing is fetched or run, nobody may frame the page, and the icon is in the page. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The headers that belong to the page. */
export const homePageHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

const icon = encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#e0342a"/><path d="M4 12 8 4l4 8" fill="none" stroke="#fff" stroke-width="2"/></svg>`,
);

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** A word for a POSIX shell. */
function quote(text: string): string {
  return /^[\w.:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function curlOf({ baseUrl, access }: HomePage): string {
  const body = JSON.stringify({ model: anyModel, messages: [{ role: "user", content: "Say hello" }] });
  return [
    `curl ${quote(`${baseUrl}/v1/chat/completions`)} -H 'content-type: application/json' \\`,
    ...(access === "key" ? ["  -H 'authorization: Bearer YOUR_KEY' \\"] : []),
    `  -d '${body}'`,
  ].join("\n");
}

/** What a model of each kind is for; of those that write the length says it. */
const purposes: Readonly<Record<Exclude<ListedModel["kind"], "chat">, string | undefined>> = {
  image: "draws",
  embedding: "gives vectors",
  transcription: "writes down speech",
  speech: "speaks",
  other: undefined,
};

function describeModel(model: ListedModel, namesUpstreams: boolean): string {
  const { id, kind, contextLength, aliasOf, answersNow } = model;
  const facts = [
    aliasOf === undefined ? undefined : `another name of ${aliasOf}`,
    kind !== "chat" ? purposes[kind] : contextLength === undefined ? undefined : `${contextLength} tokens`,
    namesUpstreams ? `at ${listUpstreams(model)}` : undefined,
    answersNow ? undefined : "does not answer now",
  ].filter((fact) => fact !== undefined);
  const more = facts.length === 0 ? "" : ` <small>${escape(facts.join(", "))}</small>`;
  return `<li><code>${escape(id)}</code>${more}</li>`;
}

/** In the order in which they are asked. Those that don't answer are marked where others do. */
function listUpstreams({ legs, answersNow }: ListedModel): string {
  const names = legs.map((leg) =>
    answersNow && !leg.answersNow ? `${leg.upstream} (not now)` : leg.upstream,
  );
  return [...new Set(names)].join(", ");
}

function listModels(page: HomePage): string {
  if (page.access === "key") return "<p><code>GET /v1/models</code> lists them, with the key.</p>";
  if (page.models === undefined || page.models.length === 0) {
    return "<p>There is no list of models at the moment. <code>akashchat-api doctor</code> says why.</p>";
  }
  const any =
    page.defaultModel === undefined ? "the first of them" : `<code>${escape(page.defaultModel)}</code>`;
  const upstreams = new Set(page.models.flatMap(({ legs }) => legs.map(({ upstream }) => upstream)));
  const lines = page.models.map((model) => describeModel(model, upstreams.size > 1));
  return `<p><code>${anyModel}</code> is ${any}.</p>\n<ul>\n${lines.join("\n")}\n</ul>`;
}

/** The page at the root, for people: how to reach the gateway, and with what. A document of its own, without scripts. */
export function renderHomePage(page: HomePage): string {
  const version = page.access === "open" ? ` <small>${escape(page.version)}</small>` : "";
  const key =
    page.access === "key" ? "the one of this gateway's operator (<code>BEARER_TOKEN</code>)" : "any";
  const links = ["/health", "/openapi.json", ...(page.access === "open" ? ["/v1/models", "/v1/usage"] : [])];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>akashchat-api</title>
<link rel="icon" href="data:image/svg+xml,${icon}">
<style>${pageStyle}</style>
<h1>akashchat-api${version}</h1>
<p>This is a gateway to open models. Point an AI client at it.</p>
<dl>
<dt>Base URL of OpenAI's clients</dt><dd><code>${escape(page.baseUrl)}/v1</code></dd>
<dt>Base URL of Anthropic's, Gemini's and Ollama's clients</dt><dd><code>${escape(page.baseUrl)}</code></dd>
<dt>API key</dt><dd>${key}</dd>
</dl>
<h2>Try it</h2>
<pre>${escape(curlOf(page))}</pre>
<h2>Models</h2>
${listModels(page)}
<p>${links.map((link) => `<a href="${escape(page.baseUrl + link)}">${link}</a>`).join(" · ")}</p>
</html>
`;
}
