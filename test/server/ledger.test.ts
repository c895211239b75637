import { expect, test } from "vitest";

import { createMemoryStores } from "../../src/store/open-stores.ts";
import { StoreError } from "../../src/store/response-store.ts";
import { get, post, send } from "../support/post.ts";
import { hello, startTeam, type Team } from "../support/start-team.ts";

/** Rows come when requests are over, which is soon after their answers. */
async function rowsOf(team: Team, count: number) {
  let rows: Record<string, unknown>[] = [];
  await expect
    .poll(async () => {
      rows = (await team.admin("GET", "/requests")).json().data;
      return rows.length;
    })
    .toBe(count);
  return rows;
}

test("a row for each request, whole, streamed, refused and failed, and none for looks at the gateway", async () => {
  await using team = await startTeam();
  const { id, key } = await team.createKey({ requests_per_minute: 3 });
  team.simulator.enqueue({ text: "Hi", usage: { promptTokens: 30, completionTokens: 12 } });
  await team.chat(key, { user: "u" });
  await team.chat(key, { stream: true });
  team.simulator.enqueue({ error: { kind: "http", status: 500, body: "broken" } });
  await team.chat(key);
  await team.chat(key);
  await get(`${team.url}/health`);
  const rows = await rowsOf(team, 4);
  expect(rows.map(({ outcome, error, status, key: by }) => [outcome, error, status, by])).toEqual([
    ["refused", "rate-limited", 429, id],
    ["failed", expect.any(String), expect.any(Number), id],
    ["answered", null, 200, id],
    ["answered", null, 200, id],
  ]);
  expect(rows[3]).toMatchObject({
    object: "request",
    dialect: "openai-chat",
    requested_model: hello.model,
    input_tokens: 30,
    output_tokens: 12,
    stream: false,
  });
  expect(rows[2]).toMatchObject({ stream: true });
});

test("sums by key, and the row of a background response", async () => {
  await using team = await startTeam();
  const { id, key } = await team.createKey({ name: "ci" });
  const body = { model: hello.model, input: "Hello", background: true };
  const response = await post(`${team.url}/v1/responses`, body, { authorization: `Bearer ${key}` });
  const rows = await rowsOf(team, 2);
  expect(rows.map((row) => row["id"])).toContain(response.json().id);
  const { data } = (await team.admin("GET", "/usage?by=key")).json();
  expect(data).toMatchObject([{ key: id, requests: 2 }]);
});

test("a background response that its key is refused never began, and its request is refused", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey({ models: ["none"] });
  const { key: limited } = await team.createKey({ budget: { tokens: 1, period: "total" } });
  const body = { model: hello.model, input: "Hello", background: true };
  for (const secret of [key, limited]) {
    await post(`${team.url}/v1/responses`, body, { authorization: `Bearer ${secret}` });
  }
  const rows = await rowsOf(team, 2);
  expect(rows.map(({ outcome, error }) => [outcome, error])).toEqual([
    ["refused", "budget-exhausted"],
    ["refused", "forbidden"],
  ]);
});

/** A request for an answer of each API, by its route. */
const askingBodies = {
  "/v1/chat/completions": hello,
  "/v1/completions": { model: hello.model, prompt: "Hello", max_tokens: 50 },
  "/v1/responses": { model: hello.model, input: "Hello" },
  "/v1/responses/compact": { model: hello.model, input: "Hello" },
  "/v1/messages": hello,
  "/v1/images/generations": { prompt: "a cat" },
  "/v1/embeddings": { model: "none", input: "Hello" },
};
const asking = Object.entries(askingBodies).map(([path, body]) => ({ path, body }));

test.each(asking)(
  "a row for POST $path, also where it is wrong or nobody may ask",
  async ({ path, body }) => {
    await using team = await startTeam();
    const { key } = await team.createKey();
    await post(`${team.url}${path}`, body, { authorization: `Bearer ${key}` });
    await post(`${team.url}${path}`, {}, { authorization: `Bearer ${key}` });
    await post(`${team.url}${path}`, body, { authorization: "Bearer akc-wrong" });
    const rows = await rowsOf(team, 3);
    expect(rows.map(({ route }) => route)).toEqual(Array(3).fill(`POST ${path}`));
    expect(rows.slice(0, 2).map(({ outcome }) => outcome)).toEqual(["refused", "failed"]);
  },
);

test("no row for what asks no model: lists, polls, counts, keys, and what is nowhere; nor where they are refused", async () => {
  await using team = await startTeam();
  const { key } = await team.createKey({ dialects: ["openai-responses"] });
  const own = { authorization: `Bearer ${key}` };
  const body = { model: hello.model, input: "Hello", background: true };
  const { id } = (await post(`${team.url}/v1/responses`, body, own)).json();
  const looks = [
    "/v1/models",
    `/v1/models/${hello.model}`,
    "/v1/usage",
    "/v1/keys",
    "/v1/nothing",
    "/health",
    "/",
  ];
  const polls = [`/v1/responses/${id}`, `/v1/responses/${id}/input_items`, "/v1/responses/resp_none"];
  for (const headers of [own, { authorization: "Bearer akc-wrong" }]) {
    for (const path of [...looks, ...polls, "/v1/chat/completions"]) await get(`${team.url}${path}`, headers);
    await post(`${team.url}/v1/responses/${id}/cancel`, {}, headers);
    await post(`${team.url}/v1/responses/input_tokens`, { model: hello.model, input: "Hello" }, headers);
    await post(`${team.url}/v1/messages/count_tokens`, hello, headers);
    await post(`${team.url}/v1/keys`, { name: "child" }, headers);
    await post(`${team.url}/v1/nothing`, hello, headers);
    await send("DELETE", `${team.url}/v1/responses/${id}`, null, headers);
  }
  await post(`${team.url}/v1/responses`, { model: hello.model, input: "last" }, own);
  const rows = await rowsOf(team, 3);
  expect(rows.map(({ route }) => route)).toEqual(Array(3).fill("POST /v1/responses"));
});

const away = () => Promise.reject(new StoreError("unavailable", undefined));

test("what could not be decided, since the store of limits is away, failed and was refused by nobody", async () => {
  const stores = createMemoryStores({ STORED_RESPONSES: 10, LEDGER_DAYS: 30 }, { now: Date.now });
  await using team = await startTeam({
    overrides: { stores: { ...stores, limits: { ...stores.limits, reserve: away } } },
  });
  const { key } = await team.createKey({ requests_per_minute: 3 });
  expect((await team.chat(key)).status).toBe(503);
  expect(await rowsOf(team, 1)).toMatchObject([{ outcome: "failed", error: "overloaded", status: 503 }]);
});

test("LEDGER_DAYS=0 remembers nothing, and says so", async () => {
  await using team = await startTeam({ env: { LEDGER_DAYS: "0" } });
  const { key } = await team.createKey();
  await team.chat(key);
  for (const path of ["/requests", "/requests/req_1", "/usage?by=key"]) {
    const reply = await team.admin("GET", path);
    expect([reply.status, reply.json().error.message]).toEqual([
      404,
      "This gateway has no ledger: LEDGER_DAYS is 0.",
    ]);
  }
});

test("a key that may not use an API is in the row of what it was refused", async () => {
  await using team = await startTeam();
  const { id, key } = await team.createKey({ dialects: ["anthropic-messages"] });
  expect((await team.chat(key)).status).toBe(403);
  expect(await rowsOf(team, 1)).toMatchObject([{ key: id, outcome: "refused", error: "forbidden" }]);
});
