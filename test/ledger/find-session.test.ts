import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findAgent, findSession } from "../../src/ledger/find-session.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));

describe("the session of a request", () => {
  test.each([
    {
      name: "Claude Code",
      headers: { "x-claude-code-session-id": "54c1eb09-bc4c" },
      session: "54c1eb09-bc4c",
    },
    {
      name: "Claude Code before its header",
      body: { metadata: { user_id: '{"device_id":"d","account_uuid":"","session_id":"54c1eb09-bc4c"}' } },
      session: "54c1eb09-bc4c",
    },
    {
      name: "Claude Code before 2.1.78",
      body: { metadata: { user_id: "user_0a1b_account__session_57a121ec-f78c" } },
      session: "57a121ec-f78c",
    },
    { name: "Codex", headers: { session_id: "01a20000-0000" }, session: "01a20000-0000" },
    { name: "Codex, older", headers: { conversation_id: "01a20000-0001" }, session: "01a20000-0001" },
    { name: "opencode", headers: { "x-session-affinity": "ses_1" }, session: "ses_1" },
    { name: "opencode at its own", headers: { "x-opencode-session": "ses_2" }, session: "ses_2" },
    { name: "a header that others use", headers: { "x-session-id": "s" }, session: "s" },
    { name: "a header that came twice", headers: { "x-session-id": ["s1", "s2"] }, session: "s1" },
    { name: "the key of a cache", body: { prompt_cache_key: "k" }, session: "k" },
    { name: "a field of the body", body: { session_id: "b" }, session: "b" },
    {
      name: "a conversation of the Responses API",
      body: { conversation: { id: "conv_1" } },
      session: "conv_1",
    },
    { name: "the same as text", body: { conversation: "conv_2" }, session: "conv_2" },
    {
      name: "a header and a body",
      headers: { "x-session-id": "header" },
      body: { prompt_cache_key: "body" },
      session: "header",
    },
    {
      name: "an empty header and a body",
      headers: { "x-session-id": " " },
      body: { prompt_cache_key: "body" },
      session: "body",
    },
    {
      name: "control characters and others",
      body: { session_id: "a\u0000\n b\u{1F30A}c" },
      session: "a_b_c",
    },
    { name: "a long one", headers: { session_id: "x".repeat(5000) }, session: "x".repeat(128) },
    { name: "who asks alone", body: { user: "jan@example.com", metadata: { user_id: "user_1" } } },
    { name: "JSON that is none", body: { metadata: { user_id: "{x" } } },
    { name: "JSON without it", body: { metadata: { user_id: '{"session_id":5}' } } },
    {
      name: "fields of other kinds",
      body: { metadata: 5, session_id: 5, conversation: [], prompt_cache_key: {} },
    },
    { name: "no object", body: "session_id" },
    { name: "nothing", body: null },
  ])("$name", ({ headers = {}, body, session }) => {
    expect(findSession(headers, body)).toBe(session);
  });

  test("as recorded agents send it", () => {
    expect(findSession({}, fixture("anthropic-messages/claude-code.json"))).toBe("1");
    expect(findSession({}, fixture("openai-responses/codex.json"))).toBe(
      "01a20000-0000-7000-8000-000000000000",
    );
  });
});

test("the agent of an agent", () => {
  expect(findAgent({ "x-claude-code-agent-id": "a1" })).toBe("a1");
  expect(findAgent({ "x-openai-subagent": "review" })).toBe("review");
  expect(findAgent({ "x-claude-code-session-id": "s" })).toBeUndefined();
});
