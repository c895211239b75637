import { describe, expect, test } from "vitest";
import { type LedgerFacts, toLedgerRow, toOutcome } from "../../src/ledger/to-ledger-row.ts";

const attempt = { upstream: "web", model: "m", outcome: "answered", ms: 3 };

const facts: LedgerFacts = {
  id: "req_1",
  at: 1_795_780_000_000,
  route: "POST /v1/messages",
  headers: {},
  body: undefined,
  attempts: [],
  pictures: 0,
  repairs: 0,
  retries: 0,
  ms: 12.6,
};

describe("outcomes", () => {
  test.each<{ name: string; facts: Partial<LedgerFacts>; outcome: string }>([
    { name: "all is well", facts: { status: 200, attempts: [attempt] }, outcome: "answered" },
    { name: "a background response has no status", facts: { attempts: [attempt] }, outcome: "answered" },
    { name: "an answer without an upstream", facts: { status: 200 }, outcome: "answered" },
    { name: "no key", facts: { status: 401, error: "unauthenticated" }, outcome: "refused" },
    { name: "not for this key", facts: { status: 403, error: "forbidden" }, outcome: "refused" },
    {
      name: "a limit of the key",
      facts: { status: 429, error: "rate-limited", refused: true },
      outcome: "refused",
    },
    {
      name: "a budget of the key",
      facts: { status: 402, error: "budget-exhausted", refused: true },
      outcome: "refused",
    },
    {
      name: "the upstreams' own budget, which is known to be spent",
      facts: { status: 402, error: "budget-exhausted" },
      outcome: "failed",
    },
    {
      name: "an upstream forbids it",
      facts: { status: 403, error: "forbidden", upstream: "web", attempts: [attempt] },
      outcome: "failed",
    },
    { name: "a mistake in the body", facts: { status: 400, error: "invalid-request" }, outcome: "failed" },
    { name: "no such route", facts: { status: 404, error: "not-found" }, outcome: "failed" },
    { name: "a status alone", facts: { status: 500 }, outcome: "failed" },
    {
      name: "a failure after a 200",
      facts: { status: 200, error: "upstream-truncated", attempts: [attempt] },
      outcome: "failed",
    },
    {
      name: "the client left",
      facts: { status: 200, clientLeft: true, attempts: [attempt] },
      outcome: "left",
    },
    {
      name: "… before the head",
      facts: { status: 499, clientLeft: true, error: "aborted" },
      outcome: "left",
    },
    {
      name: "… after a failure",
      facts: { status: 200, clientLeft: true, error: "upstream-truncated", attempts: [attempt] },
      outcome: "failed",
    },
    { name: "… while it was refused", facts: { clientLeft: true, refused: true }, outcome: "refused" },
  ])("$name: $outcome", ({ facts: some, outcome }) => {
    expect(toOutcome({ ...facts, ...some })).toBe(outcome);
  });
});

describe("rows", () => {
  test("tokens that were only counted are none that were spent", () => {
    const counted = { ...facts, usage: { inputTokens: 20, estimated: true } };
    expect(toLedgerRow(counted).inputTokens).toBeUndefined();
    expect(toLedgerRow({ ...counted, attempts: [attempt] })).toHaveProperty("inputTokens", 20);
  });

  test("hold what is known, in whole numbers", () => {
    expect(
      toLedgerRow({
        ...facts,
        dialect: "anthropic-messages",
        key: "key_1",
        headers: {
          "user-agent": "claude-cli/2.1.332 (external, cli)",
          "x-claude-code-session-id": "s1",
          "x-claude-code-agent-id": "a1",
        },
        body: { model: "claude-náhled" },
        model: "DeepSeek-V3.2",
        upstream: "web",
        attempts: [attempt],
        status: 200,
        finish: "stop",
        stream: true,
        usage: { inputTokens: 10, outputTokens: 20, reasoningTokens: 5, estimated: true },
        nanoUsd: 13_500,
        pictures: 2,
        repairs: 1,
        firstTokenMs: 7.4,
        traced: true,
      }),
    ).toEqual({
      id: "req_1",
      at: 1_795_780_000_000,
      outcome: "answered",
      key: "key_1",
      dialect: "anthropic-messages",
      route: "POST /v1/messages",
      requestedModel: "claude-náhled",
      model: "DeepSeek-V3.2",
      upstream: "web",
      attempts: [attempt],
      status: 200,
      finish: "stop",
      stream: true,
      inputTokens: 10,
      outputTokens: 20,
      reasoningTokens: 5,
      estimated: true,
      nanoUsd: 13_500,
      pictures: 2,
      repairs: 1,
      retries: 0,
      firstTokenMs: 7,
      ms: 13,
      client: "claude-cli/2.1.332 (external, cli)",
      session: "s1",
      agent: "a1",
      traced: true,
    });
  });

  test("hold nothing of what is not", () => {
    const row = toLedgerRow({
      ...facts,
      status: 401,
      error: "unauthenticated",
      model: undefined,
      usage: undefined,
    });
    expect(row).toEqual({
      id: "req_1",
      at: 1_795_780_000_000,
      outcome: "refused",
      route: "POST /v1/messages",
      attempts: [],
      status: 401,
      error: "unauthenticated",
      ms: 13,
    });
  });

  test("a model that nobody was asked for is no model of ours", () => {
    const row = toLedgerRow({
      ...facts,
      model: "anything",
      body: { model: "anything" },
      error: "model-not-found",
    });
    expect(row).toMatchObject({ requestedModel: "anything" });
    expect(row.model).toBeUndefined();
  });

  test("what clients send is shortened, and shows in one line", () => {
    const row = toLedgerRow({
      ...facts,
      route: `GET /${"r".repeat(5000)}`,
      headers: { "user-agent": `agent\u001b[31m\n${"u".repeat(5000)}` },
      body: { model: `a\u0000b\u2028c${"m".repeat(5000)}` },
      attempts: Array.from({ length: 500 }, () => attempt),
    });
    expect(row.client).toMatch(/^agent \[31m u+…u+$/);
    expect(row.requestedModel).toMatch(/^a b cm+…m+$/);
    expect(row.attempts).toHaveLength(50);
    expect(JSON.stringify(row).length).toBeLessThan(4000);
  });

  test("neither prompts nor keys are in any", () => {
    const secret = "akc-planted";
    const row = toLedgerRow({
      ...facts,
      headers: { authorization: `Bearer ${secret}`, "x-api-key": secret, cookie: secret, "user-agent": "x" },
      body: {
        model: "m",
        user: secret,
        metadata: { user_id: secret, note: secret },
        system: secret,
        messages: [{ role: "user", content: secret }],
      },
    });
    expect(JSON.stringify(row)).not.toContain("planted");
  });
});
