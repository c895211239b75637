/** Ollama's API on the wire: the first calls of its clients, keys, and what belongs to every API of the gateway. */
import { describe, expect, test } from "vitest";

import { createLog } from "../../src/log.ts";
import { readLines } from "../conformance/support/dialects.ts";
import { get, post, send, type AnyJson, type Reply } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { startTeam } from "../support/start-team.ts";

const model = "DeepSeek-V3.2";
const name = `${model}:latest`;
const messages = [{ role: "user", content: "Hello" }];
const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

/** One call of a client, and what it reads of the answer. */
interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly check: (reply: Reply) => void;
}

function json(check: (body: AnyJson) => void): Call["check"] {
  return (reply) => {
    expect([reply.status, reply.headers["content-type"]]).toEqual([
      200,
      expect.stringMatching(/^application\/json/),
    ]);
    check(reply.json());
  };
}

/** What a Swift decoder wants of each model of a list: every field, with its type. */
const tag = {
  name: expect.stringMatching(/^[^:]+(?:\/[^:]+)*:[^:]+$/),
  model: expect.any(String),
  modified_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/),
  size: expect.any(Number),
  digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  details: {
    parent_model: expect.any(String),
    format: expect.any(String),
    family: expect.any(String),
    families: [expect.any(String)],
    parameter_size: expect.any(String),
    quantization_level: expect.any(String),
  },
  capabilities: expect.any(Array),
};

const version: Call = {
  path: "/api/version",
  check: json(({ version: shown }) => {
    const [major, minor, patch] = String(shown).split(".").map(Number);
    // A part that is no number is NaN, and no comparison holds.
    expect((major ?? 0) * 1e6 + (minor ?? 0) * 1e3 + (patch ?? 0)).toBeGreaterThanOrEqual(6004);
  }),
};

const tags: Call = {
  path: "/api/tags",
  check: json(({ models }) => {
    expect(models.length).toBeGreaterThan(3);
    for (const one of models) {
      expect(one).toEqual(tag);
      // Page Assist hides models of this family.
      expect(one.details.families).not.toContain("bert");
    }
  }),
};

const show: Call = {
  method: "POST",
  path: "/api/show",
  body: { model: name },
  check: json(({ capabilities, model_info: info }) => {
    expect(capabilities).toContain("tools");
    expect(info[`${info["general.architecture"]}.context_length`]).toBe(64_000);
    expect(info["general.basename"]).toContain("DeepSeek");
  }),
};

const greeting = (headers: Readonly<Record<string, string>> = {}, method = "GET"): Call => ({
  path: "/",
  method,
  headers,
  check: (reply) => expect([reply.status, method === "HEAD" || reply.text]).toEqual([200, expect.anything()]),
});

function chat(fields: object, path = "/api/chat"): Call {
  return {
    method: "POST",
    path,
    body: { model: name, ...(path === "/api/chat" ? { messages } : { prompt: "Hello" }), ...fields },
    check(reply) {
      expect([reply.status, reply.headers["content-type"]]).toEqual([200, "application/x-ndjson"]);
      const lines = readLines(reply.text);
      expect(lines.map(({ done }) => done)).toEqual([...lines.slice(1).map(() => false), true]);
      expect(lines.map(({ message, response }) => message?.content ?? response).join("")).not.toBe("");
    },
  };
}

const openAi: Call = {
  method: "POST",
  path: "/v1/chat/completions",
  body: { model: name, messages },
  check: json(({ choices }) => expect(choices).toHaveLength(1)),
};

/** What clients ask first, in this order. */
const clients: Readonly<Record<string, readonly Call[]>> = {
  "VS Code Copilot": [version, tags, show, openAi],
  "JetBrains AI Assistant": [tags, version, chat({}), chat({}, "/api/generate")],
  "Home Assistant": [
    tags,
    chat({ stream: true, think: false, keep_alive: "-1s", options: { num_ctx: 8192 }, tools: [] }),
    chat({ keep_alive: -1, options: { num_ctx: 8192 }, format: null, tools: null }),
  ],
  "Open WebUI": [
    version,
    tags,
    { path: "/api/ps", check: json((body) => expect(body).toEqual({ models: [] })) },
    chat({ stream: true, options: {}, keep_alive: null }),
  ],
  n8n: [greeting(), tags, chat({ format: "", keep_alive: "5m", options: { top_k: -1, temperature: 0.7 } })],
  "Page Assist": [greeting({ origin: "chrome-extension://x" }), tags, chat({})],
  Raycast: [version, tags, { ...show, body: { name } }, chat({}, "/api/generate")],
  Enchanted: [greeting({ "user-agent": "Enchanted/1 CFNetwork/1" }, "HEAD"), tags, chat({})],
  "Ollama's command line": [
    greeting({ "user-agent": "ollama/0.32.0 (arm64 darwin)" }, "HEAD"),
    show,
    chat({}),
  ],
};

async function play(
  { url }: Stack,
  { method = "GET", path, body, headers, check }: Call,
  prefix = "",
): Promise<void> {
  const sent = body === undefined ? null : JSON.stringify(body);
  check(await send(method, url + prefix + path, sent, { ...headers }));
}

test.each(Object.entries(clients))("the first calls of %s", async (_client, calls) => {
  await using stack = await startStack();
  for (const call of calls) await play(stack, call);
});

test.each(Object.entries(clients))("the same behind a key in the address: %s", async (_client, calls) => {
  await using team = await startTeam();
  const { key } = await team.createKey();
  for (const call of calls) await play(team, call, `/key/${key}`);
});

describe("GET /", () => {
  test.each([
    [
      { "user-agent": "ollama-js/0.6.4 (x64 linux Node.js/v24)" },
      "text/plain; charset=utf-8",
      "Ollama is running",
    ],
    [{ "user-agent": "ollama-python/0.6.1" }, "text/plain; charset=utf-8", "Ollama is running"],
    [{ accept: "text/plain" }, "text/plain; charset=utf-8", "Ollama is running"],
    [{ "user-agent": "curl/8" }, "application/json; charset=utf-8", '"ollama":"Ollama is running"'],
    [
      { accept: "application/json, text/plain, */*" },
      "application/json; charset=utf-8",
      '"ollama_base_url":"/"',
    ],
    [browser, "text/html; charset=utf-8", "<!doctype html>"],
  ])("for %j", async (headers, type, words) => {
    await using stack = await startStack();
    const reply = await get(stack.url, headers);
    expect([reply.status, reply.headers["content-type"]]).toEqual([200, type]);
    expect(reply.text).toContain(words);
  });
});

describe("errors are one text in the field that clients read", () => {
  test.each<[string, string, unknown, number, RegExp]>([
    ["POST", "/api/chat", "", 400, /JSON object/],
    ["POST", "/api/chat", { messages }, 400, /'model' is missing/],
    ["POST", "/api/chat", { model: "", messages }, 400, /'model'/],
    ["POST", "/api/chat", { model, messages: [{ role: "robot", content: "x" }] }, 400, /messages\[0\]\.role/],
    ["POST", "/api/chat", { model, messages, options: { temperature: "hot" } }, 400, /options\.temperature/],
    ["POST", "/api/chat", { model, messages, think: "sometimes" }, 400, /'think'/],
    ["POST", "/api/chat", { model, messages, keep_alive: "soon" }, 400, /'keep_alive'/],
    ["POST", "/api/chat", { model, messages, format: { type: "nothing" } }, 400, /format/],
    ["POST", "/api/chat", { model, messages: [{ role: "tool", content: "x" }] }, 400, /messages\[0\]/],
    ["POST", "/api/chat", { model: "nobody", messages }, 404, /^model not found: .*nobody/],
    ["POST", "/api/show", {}, 400, /'model'/],
    ["POST", "/api/show", { model: "nobody" }, 404, /not found/],
    ["POST", "/api/embed", { input: "x" }, 400, /'model'/],
    ["POST", "/api/blobs/sha256:0a", "\u0000 no JSON", 403, /can't be created/],
    ["GET", "/api/chat", null, 405, /takes POST/],
    ["GET", "/api/nothing", null, 404, /There is nothing at GET \/api\/nothing/],
    ["GET", "/key/akc-x/api/nothing", null, 404, /There is nothing at GET \/api\/nothing/],
  ])("%s %s %j is %d", async (method, path, body, status, words) => {
    await using stack = await startStack();
    const sent = body === null || typeof body === "string" ? body : JSON.stringify(body);
    const reply = await send(method, stack.url + path, sent);
    expect([reply.status, reply.headers["content-type"]]).toEqual([
      status,
      expect.stringMatching(/^application\/json/),
    ]);
    expect(reply.json()).toEqual({ error: expect.stringMatching(words) });
  });
});

test("without a key the error says where clients put one that have a field for nothing but an address", async () => {
  await using stack = await startStack({ env: { BEARER_TOKEN: "of-this-test" } });
  for (const [path, status, words] of [
    ["/api/tags", 401, /missing.*\/key\/<token>\//],
    ["/key/wrong/api/tags", 401, /wrong/],
    ["/key/of-this-test/api/tags", 200, /models/],
  ] as const) {
    const reply = await get(stack.url + path);
    expect([reply.status, reply.text]).toEqual([status, expect.stringMatching(words)]);
  }
});

test("what is typed in front of the path does no harm", async () => {
  await using stack = await startStack();
  for (const path of ["/v1/api/tags", "/api/api/tags", "/ollama/api/tags", "//api//tags/"]) {
    tags.check(await get(stack.url + path));
  }
  expect((await get(`${stack.url}/ollama/v1/models`)).json().object).toBe("list");
});

test("a body of OpenAI's at /api/embeddings is answered as one, since its base URL may end with /api", async () => {
  await using stack = await startStack();
  const reply = await post(`${stack.url}/api/embeddings`, { model, input: "x" });
  expect([reply.status, reply.json().error]).toEqual([
    404,
    expect.stringContaining("There are no embeddings here"),
  ]);
});

test("pages of any origin may ask, also an app's", async () => {
  await using stack = await startStack();
  const origin = "app://obsidian.md";
  const asked = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };
  const before = await send("OPTIONS", `${stack.url}/api/chat`, null, asked);
  expect([before.status, before.headers["access-control-allow-origin"]]).toEqual([204, "*"]);
  const reply = await post(`${stack.url}/api/chat`, { model, messages }, { origin });
  expect(reply.headers["access-control-allow-origin"]).toBe("*");
});

test("parameters without effect are named", async () => {
  await using stack = await startStack();
  const reply = await post(`${stack.url}/api/chat`, {
    model,
    stream: true,
    messages: [
      { role: "user", content: "x" },
      { role: "assistant", content: "y", images: ["a"] },
      ...messages,
    ],
    options: { num_ctx: 1, seed: 7, mirostat: 1, temperature: 0 },
    think: "low",
    keep_alive: "5m",
    truncate: true,
    tools: [{ type: "web_search" }, { type: "function", function: { name: "look", strange: 1 } }],
  });
  const ignored = String(reply.headers["x-ignored-parameters"]).split(", ");
  expect(ignored.toSorted()).toEqual(
    [
      "keep_alive",
      "messages.images",
      "options.mirostat",
      "options.num_ctx",
      "options.seed",
      "think",
      "tools.strange",
      "tools[0]",
      "truncate",
    ].toSorted(),
  );
});

test.each([
  ["show", { model, verbose: true, system: "x" }, "system"],
  ["pull", { name: model, insecure: true, stream: false }, "insecure"],
  ["show", { model, verbose: true }, undefined],
])("parameters of /api/%s %j without effect are named", async (route, body, ignored) => {
  await using stack = await startStack();
  const reply = await post(`${stack.url}/api/${route}`, body);
  expect([reply.status, reply.headers["x-ignored-parameters"]]).toEqual([200, ignored]);
});

test("requests are in the ledger, by the name of the API, and those that load a model are not", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey();
  const authorization = `Bearer ${key}`;
  await post(`${team.url}/api/chat`, { model: name, messages, stream: false }, { authorization });
  await post(`${team.url}/api/generate`, { model, prompt: "x" }, { authorization });
  await post(`${team.url}/api/chat`, { model }, { authorization });
  await get(`${team.url}/api/tags`, { authorization });
  await expect
    .poll(async () => (await team.admin("GET", "/requests")).json().data.map((row: AnyJson) => row.dialect))
    .toEqual(["ollama-generate", "ollama-chat"]);
  const [row] = (await team.admin("GET", "/requests?dialect=ollama-chat")).json().data;
  expect(row).toMatchObject({ route: "POST /api/chat", model, requested_model: name, outcome: "answered" });
});

test("a request can be traced, and a key in its address is in no trace", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey({ trace: true });
  const reply = await post(`${team.url}/key/${key}/api/chat`, { model, messages, stream: false });
  const id = String(reply.headers["x-trace"]);
  const trace = await team.admin("GET", `/traces/${id}`);
  expect(trace.json()).toMatchObject({ id, dialect: "ollama-chat", request: { route: "/api/chat" } });
  expect(trace.text).not.toContain(key);
});

test("no key of an address comes into the log", async () => {
  const lines: string[] = [];
  const log = await createLog(
    { LOG_LEVEL: "debug", LOG_FORMAT: "json" },
    { write: (line) => void lines.push(line) },
  );
  await using team = await startTeam({ overrides: { log } });
  await get(`${team.url}/key/akc-s3cret/api/tags`);
  await get(`${team.url}/key/akc-s3cret/nowhere`);
  await get(`${team.url}/key/akc-s3cret`);
  await get(`${team.url}/key/akc-s3cret%ff/api/tags`);
  await post(`${team.url}/key/akc-s3cret/api/chat`, { model, messages });
  await expect.poll(() => lines.filter((line) => line.includes('"event":"request"')).length).toBe(5);
  expect(lines.join("")).not.toContain("s3cret");
});
