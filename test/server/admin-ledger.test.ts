import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeOpenAiError } from "../../src/dialects/encode-openai-error.ts";
import { toGatewayError } from "../../src/errors.ts";
import { ledgerRoutes } from "../../src/server/admin/ledger.ts";
import { createMemoryLedger } from "../../src/store/memory/memory-ledger.ts";
import { StoreError } from "../../src/store/response-store.ts";
import { fullRow, midnight, noon, row } from "../store/contract/ledger-rows.ts";

const dayMs = 86_400_000;
const open: FastifyInstance[] = [];
let base: string;

const rows = [
  row("old", noon - 40 * dayMs, { key: "key_1" }),
  fullRow,
  row("second", midnight + 2, { key: "key_2", model: "Qwen3", nanoUsd: 1, inputTokens: 1, client: "=cmd" }),
  row("third", midnight + 3, { outcome: "refused", error: "rate-limited", status: 429 }),
  row("twice", midnight + 4, { ms: 1 }),
  row("twice", midnight + 5, { ms: 2 }),
];

/** Serves the ledger on a socket of its own; resolves to the URL of the admin API. */
async function listen(ledger: Parameters<typeof ledgerRoutes>[2]["ledger"]): Promise<string> {
  const server = fastify();
  open.push(server);
  server.setErrorHandler((thrown, _request, reply) => {
    const { status, headers, body } = encodeOpenAiError(toGatewayError(thrown));
    return reply.code(status).headers(headers).send(body);
  });
  ledgerRoutes(server, "/admin/v1", {
    ledger,
    listKeys: async () => [
      { id: "key_1", name: "Jan" },
      { id: "key_3", name: "unused" },
    ],
    now: () => noon,
    isOn: true,
  });
  return `${await server.listen({ host: "127.0.0.1", port: 0 })}/admin/v1`;
}

beforeEach(async () => {
  const ledger = createMemoryLedger({ days: 365, now: () => noon });
  for (const one of rows) ledger.add(one);
  base = await listen(ledger);
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

/** The answer as a whole, its body read. */
async function get(url: string, headers: Record<string, string> = {}, from = base) {
  const response = await fetch(`${from}${url}`, { headers: { accept: "*/*", ...headers } });
  const body = await response.text();
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body,
    json: () => JSON.parse(body),
  };
}

async function idsOf(query: string): Promise<readonly string[]> {
  const reply = await get(`/requests?${query}`);
  expect(reply.statusCode).toBe(200);
  return reply.json().data.map(({ id }: { id: string }) => id);
}

describe("GET /admin/v1/requests", () => {
  test("shows all of a request, the newest first", async () => {
    const reply = await get("/requests");
    const { data, ...rest } = reply.json();
    expect(rest).toEqual({ object: "list", has_more: false, next: null });
    expect(data.map(({ id }: { id: string }) => id)).toEqual(rows.map(({ id }) => id).toReversed());
    expect(data.at(-2)).toEqual({
      object: "request",
      id: "req_full",
      created_at: "2026-11-20T00:00:00.001Z",
      outcome: "failed",
      key: "key_1",
      dialect: "anthropic-messages",
      route: "POST /v1/messages",
      requested_model: "claude-náhled 🌊",
      model: "DeepSeek-V3.2",
      upstream: "web",
      attempts: fullRow.attempts,
      status: 200,
      finish_reason: "tool-calls",
      error: "upstream-truncated",
      stream: true,
      input_tokens: 1_099_511_627_776,
      output_tokens: 20,
      reasoning_tokens: 5,
      estimated: true,
      cost_usd: 900_000,
      pictures: 1,
      repairs: 2,
      retries: 3,
      first_token_ms: 400,
      ms: 1700,
      client: fullRow.client,
      session: fullRow.session,
      agent: "a1",
      traced: true,
    });
    expect(data[0]).toMatchObject({ key: null, cost_usd: null, stream: null, traced: false, pictures: 0 });
  });

  test.each([
    { query: "key=key_1", ids: ["req_full", "old"] },
    { query: "key=none&outcome=refused", ids: ["third"] },
    { query: "model=Qwen3", ids: ["second"] },
    { query: "upstream=web&dialect=anthropic-messages", ids: ["req_full"] },
    { query: "error=rate-limited", ids: ["third"] },
    { query: `session=${fullRow.session}`, ids: ["req_full"] },
    { query: "id=twice", ids: ["twice", "twice"] },
    { query: "to=2026-11-19", ids: ["old"] },
    { query: "from=30d&to=2026-11-20T00:00:00.002Z", ids: ["req_full"] },
    { query: "model=unknown", ids: [] },
  ])("$query", async ({ query, ids }) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  test("goes page by page", async () => {
    const first = (await get("/requests?limit=4")).json();
    expect(first).toMatchObject({ has_more: true, next: expect.any(String) });
    expect(first.data).toHaveLength(4);
    const second = (await get(`/requests?limit=4&after=${first.next}`)).json();
    expect(second).toMatchObject({ has_more: false, next: null, data: [{ id: "req_full" }, { id: "old" }] });
  });

  test.each([
    {
      query: "limit=0",
      param: "limit",
      words: "'limit' is not valid: it must be a whole number from 1 to 1000.",
    },
    { query: "limit=x", param: "limit", words: "must be a whole number" },
    { query: "after=x", param: "after", words: "must be the `next` of the page before" },
    { query: "outcome=ok", param: "outcome", words: "must be one of answered, failed, refused, left" },
    { query: "dialect=openai", param: "dialect", words: "must be one of openai-chat, openai-completions" },
    { query: "error=rate_limited", param: "error", words: "rate-limited" },
    { query: "from=yesterday", param: "from", words: "must be a day (2026-11-27), a time" },
    { query: "format=xml", param: "format", words: "must be one of json, csv" },
    { query: "key=", param: "key", words: "must not be empty" },
    { query: "key=a&key=b", param: "key", words: "must be given once" },
    { query: "from=2026-11-20&to=2026-11-18", param: "to", words: "before 'from', which is 2026-11-20T00:" },
    { query: "keys=a", param: "keys", words: "There is no parameter 'keys'. Known are from, to, key," },
  ])("refuses $query, and says why", async ({ query, param, words }) => {
    const reply = await get(`/requests?${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringContaining(words) });
  });

  test("is CSV for those who want it: all columns, safe in spreadsheets, and where the next page begins", async () => {
    const reply = await get("/requests?limit=5&from=30d&format=csv");
    expect(reply.headers).toMatchObject({
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": 'attachment; filename="requests.csv"',
      vary: "accept",
    });
    expect(reply.headers).not.toHaveProperty("x-next");
    const lines = reply.body.split("\r\n");
    expect(lines[0]).toBe(
      "id,created_at,outcome,key,dialect,route,requested_model,model,upstream,attempts,status,finish_reason,error,stream," +
        "input_tokens,output_tokens,reasoning_tokens,estimated,cost_usd,pictures,repairs,retries,first_token_ms,ms,client,session,agent,traced",
    );
    expect(lines).toHaveLength(7);
    expect(lines[4]).toContain(",0.000000001,0,0,0,,10,'=cmd,,,false");
    expect(lines[5]).toContain('"web/DeepSeek-V3.2;overloaded;12, mine/qwen3;answered;0",200,tool-calls');
    expect(lines[5]).toContain(",1099511627776,20,5,true,900000,1,2,3,400,1700,");
    const accepted = await get("/requests?limit=1", { accept: "text/csv" });
    expect(accepted.headers).toMatchObject({ "x-next": expect.any(String) });
    expect(accepted.body.split("\r\n")).toHaveLength(3);
    expect((await get("/requests?format=json", { accept: "text/csv" })).json()).toHaveProperty("data");
  });
});

describe("GET /admin/v1/requests/{id}", () => {
  test("shows one; of an id that came twice the newest", async () => {
    expect((await get("/requests/third")).json()).toMatchObject({
      object: "request",
      id: "third",
      status: 429,
    });
    expect((await get("/requests/twice")).json()).toMatchObject({ ms: 2 });
  });

  test("says that there is none", async () => {
    const reply = await get("/requests/req_none");
    expect(reply.statusCode).toBe(404);
    expect(reply.json().error.message).toContain("There is no request 'req_none' in the ledger.");
  });
});

describe("GET /admin/v1/usage", () => {
  test("sums up the last 30 days, with the names of keys", async () => {
    const { data, ...rest } = (await get("/usage?by=key")).json();
    expect(rest).toEqual({ object: "list", by: ["key"], from: "2026-10-25T00:00:00.000Z", to: null });
    expect(data).toMatchObject([
      { key: "key_1", key_name: "Jan", requests: 1, failed: 1, mean_first_token_ms: 400, mean_ms: 1700 },
      { key: "key_2", key_name: null, requests: 1, answered: 1, mean_first_token_ms: null, cost_usd: 1e-9 },
      { key: null, key_name: null, requests: 3, answered: 2, refused: 1, input_tokens: 0 },
    ]);
  });

  test("by two groups in their order, for a time, of a model", async () => {
    expect((await get("/usage?by=model,day&from=2026-11-20&to=2026-11-20&model=Qwen3")).json()).toMatchObject(
      {
        by: ["model", "day"],
        from: "2026-11-20T00:00:00.000Z",
        to: "2026-11-21T00:00:00.000Z",
        data: [{ model: "Qwen3", day: "2026-11-20", requests: 1 }],
      },
    );
    expect((await get("/usage?by=day,model")).json().by).toEqual(["day", "model"]);
  });

  test("as CSV, also of nothing", async () => {
    const reply = await get("/usage?by=key,day&key=key_1&from=2026-11-20", { accept: "text/csv" });
    const columns =
      "key,day,key_name,requests,answered,failed,refused,left,input_tokens,output_tokens,reasoning_tokens,cost_usd,mean_first_token_ms,mean_ms";
    expect(reply.body).toBe(
      `${columns}\r\nkey_1,2026-11-20,Jan,1,0,1,0,0,1099511627776,20,5,900000,400,1700\r\n`,
    );
    expect((await get("/usage?by=key,day&key=key_9&format=csv")).body).toBe(`${columns}\r\n`);
  });

  test.each([
    { query: "", param: "by", words: "'by' is missing." },
    {
      query: "by=colour",
      param: "by",
      words: "must be one or two of key, model, day, hour, upstream, dialect, error, client",
    },
    { query: "by=key,model,day", param: "by", words: "one or two" },
    { query: "by=key,key", param: "by", words: "one or two" },
    { query: "by=day&from=1d&to=7d", param: "to", words: "'to' is not valid: it is before 'from'" },
    { query: "by=day&to=1990-01-01", param: "to", words: "'to' is not valid: it is before 'from'" },
    { query: "by=key&dialect=chat", param: "dialect", words: "must be one of openai-chat" },
    { query: "by=key&outcome=left", param: "outcome", words: "There is no parameter 'outcome'" },
  ])("refuses '$query', and says why", async ({ query, param, words }) => {
    const reply = await get(`/usage?${query}`);
    expect(reply.statusCode).toBe(400);
    expect(reply.json().error).toMatchObject({ param, message: expect.stringContaining(words) });
  });
});

const away = () => Promise.reject(new StoreError("unavailable", undefined, "The ledger can't be read now."));

test("a ledger that can't be read is 503, in words", async () => {
  const from = await listen({ list: away, sum: away });
  for (const url of ["/requests", "/requests/x", "/usage?by=day"]) {
    const reply = await get(url, {}, from);
    expect([url, reply.statusCode]).toEqual([url, 503]);
    expect(reply.json().error.message).toContain("The ledger can't be read now.");
  }
});
