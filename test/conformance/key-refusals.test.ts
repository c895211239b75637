/** What a key is refused, in each API: the table "What a key is refused" of docs/failures.md, row by row. */
import { readFileSync } from "node:fs";

import { describe, expect, test, vi } from "vitest";

import { createLog } from "../../src/log.ts";
import { createGate } from "../support/gate.ts";
import { post, type AnyJson, type Reply } from "../support/post.ts";
import { startTeam, type Team } from "../support/start-team.ts";
import { readTable } from "./support/read-table.ts";

const start = Date.parse("2027-01-01T00:00:00Z");
const model = "DeepSeek-V3.2";
const messages = [{ role: "user", content: "Hello" }];

/** The APIs, each with the column that tells of it and a request to it. */
const apis = [
  ["Chat Completions", "Chat Completions, Completions, Images", "chat/completions", { model, messages }],
  ["Completions", "Chat Completions, Completions, Images", "completions", { model, prompt: "Hello" }],
  ["Images", "Chat Completions, Completions, Images", "images/generations", { prompt: "a cat" }],
  ["Responses", "Responses", "responses", { model, input: "Hello" }],
  ["Messages", "Messages", "messages", { model, messages, max_tokens: 50 }],
  ["Ollama", "Ollama", "../api/chat", { model, messages, stream: false, options: { num_predict: 50 } }],
  ["Gemini", "Gemini", `models/${model}:generateContent`, { contents: [{ parts: [{ text: "Hello" }] }] }],
] as const;

/** Asks the API of the test with a key. */
type Ask = (key: string | undefined) => Promise<Reply>;

/** Brings about what a row names, and asks. */
type Refusal = (team: Team, ask: Ask) => Promise<Reply>;

/** Makes a key that has spent 10,000 tokens, and asks with it, or with what `of` makes of it. */
async function spent(
  team: Team,
  wish: object,
  ask: Ask,
  of?: (id: string) => Promise<AnyJson>,
): Promise<Reply> {
  const { id, key } = await team.createKey(wish);
  const used = of === undefined ? key : (await of(id)).key;
  const chat = { model, messages, max_tokens: 50 };
  team.simulator.enqueue({ text: "x", usage: { promptTokens: 5000, completionTokens: 5000 } });
  const first = await post(`${team.url}/v1/chat/completions`, chat, { authorization: `Bearer ${key}` });
  expect(first.status).toBe(200);
  return ask(used);
}

const refusals: Readonly<Record<string, Refusal>> = {
  "no key": async (team, ask) => {
    await team.createKey();
    return ask(undefined);
  },
  "a wrong key": async (team, ask) => {
    await team.createKey();
    return ask("akc-wrong");
  },
  "a revoked key": async (team, ask) => {
    const { id, key } = await team.createKey();
    await team.admin("DELETE", `/keys/${id}`);
    return ask(key);
  },
  "an expired key": async (team, ask) => {
    const { key } = await team.createKey({ expires_at: "2027-01-01T00:00:01Z" });
    clock.now += 1000;
    return ask(key);
  },
  "the child of a revoked key": async (team, ask) => {
    const { id } = await team.createKey();
    const { key } = await team.createKey({ parent: id });
    await team.admin("DELETE", `/keys/${id}`);
    return ask(key);
  },
  "another API": async (team, ask) => ask((await team.createKey({ dialects: ["openai-embeddings"] })).key),
  "another model": async (team, ask) => ask((await team.createKey({ models: ["gpt-oss*"] })).key),
  "a model without a price, with a budget in dollars": async (team, ask) =>
    ask((await team.createKey({ budget: { usd: 5 } })).key),
  "too many requests in a minute": async (team, ask) => {
    const { key } = await team.createKey({ requests_per_minute: 1 });
    await ask(key);
    return ask(key);
  },
  "too many requests at once": async (team, ask) => {
    const { key } = await team.createKey({ concurrency: 1 });
    const gate = createGate();
    team.simulator.enqueue({ text: "slow", gate: gate.promise });
    const slow = team.chat(key);
    await team.simulator.waitForChat(0);
    const refused = await ask(key);
    gate.open();
    await slow;
    return refused;
  },
  "a day's tokens are used": (team, ask) => spent(team, { tokens_per_day: 9000 }, ask),
  "the budget is spent": (team, ask) => spent(team, { budget: { tokens: 9000, period: "month" } }, ask),
  "the budget is spent for good": (team, ask) => spent(team, { budget: { tokens: 9000 } }, ask),
  "more in one request than a limit has": async (team, ask) =>
    ask((await team.createKey({ tokens_per_minute: 1 })).key),
  "the parent's budget is spent": (team, ask) =>
    spent(team, { budget: { tokens: 9000 } }, ask, (parent) => team.createKey({ parent })),
};

/** The gateway's, as it is for one test. */
const clock = { now: start };

const table = readTable(
  readFileSync(new URL("../../docs/failures.md", import.meta.url), "utf8"),
  "## What a key is refused",
);

/** What a cell says of an API: `yes; Responses: –`. */
function cellFor(cell = "", api = ""): string {
  const [usual = "", ...others] = cell.split("; ");
  return others.find((part) => part.startsWith(`${api}: `))?.slice(api.length + 2) ?? usual;
}

test("each row can be played, and all that can be is a row", () => {
  expect(table.map(({ what }) => what)).toEqual(Object.keys(refusals));
});

describe.each(table)("$what", (row) => {
  test.each(apis)("%s", async (title, column, path, body) => {
    clock.now = start;
    const lines: string[] = [];
    const log = await createLog(
      { LOG_LEVEL: "info", LOG_FORMAT: "json" },
      { write: (line) => void lines.push(line) },
    );
    await using team = await startTeam({ overrides: { now: () => clock.now, log } });
    const ask: Ask = (key) =>
      post(`${team.url}/v1/${path}`, body, key === undefined ? {} : { authorization: `Bearer ${key}` });
    const refuse = refusals[row["what"] ?? ""];
    if (refuse === undefined) throw new Error("There is no such row.");
    const reply = await refuse(team, ask);

    const look = cellFor(row[column], title);
    const [status = "", type, code] = look.split(" ").map((part) => part.replaceAll(/[`,]/g, ""));
    expect(`${reply.status} ${reply.text}`).toMatch(new RegExp(`^${status} `));
    if (status === "200") return;
    const { error } = reply.json();
    // Ollama's error is but a text.
    if (type === undefined) expect(error).toContain(row["the message says"]);
    else {
      expect(title === "Gemini" ? error.status : error.type).toBe(type);
      if (code !== undefined) expect(error.code).toBe(code);
      expect(error.message).toContain(row["the message says"]);
    }
    const shown = cellFor(row["`Retry-After`"], title);
    const { "retry-after": retryAfter } = reply.headers;
    if (shown === "–") expect(retryAfter).toBeUndefined();
    else expect(retryAfter).toMatch(shown === "yes" ? /^[1-9]\d*$/ : new RegExp(`^${shown}$`));
    expect(reply.headers["x-should-retry"]).toBe(row["`x-should-retry`"] === "–" ? undefined : "false");
    await vi.waitFor(() =>
      expect(lines.join("")).toContain(`"error":${(row["kind"] ?? "").replaceAll("`", '"')}`),
    );
  });
});
