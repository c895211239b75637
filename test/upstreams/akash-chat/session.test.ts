import { createHash } from "node:crypto";

import { describe, expect, test } from "vitest";

import type { Config } from "../../../src/config.ts";
import { createClient } from "../../../src/upstreams/akash-chat/client.ts";
import { decodeSessionCookie, encodeCookies } from "../../../src/upstreams/akash-chat/cookies.ts";
import { createSession } from "../../../src/upstreams/akash-chat/session.ts";
import { readCapture } from "./support/captures.ts";
import { createGate } from "./support/create-gate.ts";
import { createOptions, createUpstream, forever, hello, readText } from "./support/create-upstream.ts";
import { answerJson, answerSession, answerText, isSession, type Seen, serve } from "./support/serve.ts";
import { streamOf } from "../../support/sources.ts";

const refusal = { success: false, message: "Unauthorized: Invalid session" };
const accessToken = "let me in";

function sessionTokens(seen: readonly Seen[]): (string | undefined)[] {
  return seen.filter((item) => !isSession(item)).map((item) => item.headers.cookie);
}

describe("session cookie", () => {
  test.each([
    [
      "2025-07/002-session-slash",
      "e843d6b806b348aff6d9353698e00abcd6d455c7229d71c144095bb728a77cf0",
      600_000,
    ],
    ["2026-05/760-nodb-session", "validated", 86_400_000],
  ])("of %s", (name, token, lifetimeMs) => {
    expect(decodeSessionCookie(readCapture(name).cookies, 0)).toEqual({ token, lifetimeMs });
  });

  test.each([
    [["a=b; Max-Age=5", "session_token=x; max-age=20"], { token: "x", lifetimeMs: 20_000 }],
    [["xsession_token=y", "session_token=x"], { token: "x", lifetimeMs: undefined }],
    [["session_token=x; Expires=Thu, 01 Jan 1970 00:00:30 GMT"], { token: "x", lifetimeMs: 20_000 }],
    [["session_token=; Max-Age=0"], undefined],
    [[], undefined],
  ])("%j", (cookies, expected) => {
    expect(decodeSessionCookie(cookies, 10_000)).toEqual(expected);
  });

  test("a session among the operator's cookies is never sent", () => {
    expect(encodeCookies(undefined, "session_token=old")).toBe("");
    expect(encodeCookies("new", " a=1;session_token=old ;b=2")).toBe("session_token=new; a=1; b=2");
  });
});

describe("sessions", () => {
  test("200 concurrent first requests make one", async () => {
    const gate = createGate();
    await using server = await serve(async (seen, response) => {
      if (!isSession(seen)) return answerText(response, "hi");
      await gate.opened;
      return answerSession(response, "a".repeat(64));
    });
    await using upstream = createUpstream(server.url);
    const answers = Array.from({ length: 200 }, () =>
      readText(streamOf(upstream, hello, { signal: forever })),
    );
    gate.open();
    expect(new Set(await Promise.all(answers))).toEqual(new Set(["hi"]));
    expect(server.seen.filter(isSession)).toHaveLength(1);
    expect(new Set(sessionTokens(server.seen))).toEqual(new Set([`session_token=${"a".repeat(64)}`]));
  });

  test("a session is renewed before its end, in the background, and without a cookie", async () => {
    let issued = 0;
    let time = 0;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, `token-${(issued += 1)}`, 600);
      else answerText(response, "hi");
    });
    await using upstream = createUpstream(server.url, {}, { now: () => time });
    const ask = () => readText(streamOf(upstream, hello, { signal: forever }));
    await ask();
    time = 500_000;
    await ask();
    expect(issued).toBe(1);
    time = 545_000;
    await ask();
    await expect.poll(() => issued).toBe(2);
    await ask();
    time = 545_000 + 600_001;
    await ask();
    expect(sessionTokens(server.seen)).toEqual(
      ["token-1", "token-1", "token-1", "token-2", "token-3"].map((token) => `session_token=${token}`),
    );
    expect(server.seen.filter(isSession).map((seen) => seen.headers.cookie)).toEqual(
      Array(3).fill(undefined),
    );
  });

  test("a refused session is renewed once for all who were refused, and each request repeated once", async () => {
    let valid = "token-1";
    let issued = 0;
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, (valid = `token-${(issued += 1)}`));
      else if (seen.headers.cookie === `session_token=${valid}`) answerText(response, "hi");
      else answerJson(response, 403, refusal);
    });
    await using upstream = createUpstream(server.url);
    await readText(streamOf(upstream, hello, { signal: forever }));
    valid = "expired";
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => readText(streamOf(upstream, hello, { signal: forever }))),
    );
    expect(answers).toEqual(Array(20).fill("hi"));
    expect(issued).toBe(2);
  });

  test("a fresh session that is refused as well is no reason to go on", async () => {
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerSession(response, "t");
      else answerJson(response, 403, refusal);
    });
    await using upstream = createUpstream(server.url);
    await expect(readText(streamOf(upstream, hello, { signal: forever }))).rejects.toMatchObject({
      kind: "overloaded",
    });
    expect(server.seen.map((seen) => seen.url)).toEqual([
      "/api/auth/session/",
      "/api/chat/",
      "/api/auth/session/",
      "/api/chat/",
    ]);
  });

  test("an instance that sets no cookie is used without", async () => {
    await using server = await serve((seen, response) => {
      if (isSession(seen)) answerJson(response, 200, { success: true });
      else answerText(response, "hi");
    });
    await using upstream = createUpstream(server.url);
    expect(await readText(streamOf(upstream, hello, { signal: forever }))).toBe("hi");
    expect(sessionTokens(server.seen)).toEqual([undefined]);
  });

  test("one caller that leaves does not take the session from the others", async () => {
    const gate = createGate();
    await using server = await serve(async (seen, response) => {
      if (!isSession(seen)) return answerText(response, "hi");
      await gate.opened;
      return answerSession(response, "t");
    });
    await using upstream = createUpstream(server.url);
    const controller = new AbortController();
    const left = readText(streamOf(upstream, hello, { signal: controller.signal }));
    const stayed = readText(streamOf(upstream, hello, { signal: forever }));
    controller.abort();
    await expect(left).rejects.toMatchObject({ kind: "aborted" });
    gate.open();
    expect(await stayed).toBe("hi");
    expect(server.seen.filter(isSession)).toHaveLength(1);
  });
});

async function openSession(url: string, config: Partial<Config> = {}) {
  const options = createOptions(url);
  const own = { ...options, config: { ...options.config, ...config } };
  const client = createClient(own);
  return Object.assign(createSession(client, own), { [Symbol.asyncDispose]: () => client.close() });
}

describe("access token of a self-hosted instance", () => {
  test.each([
    ["newer", accessToken],
    ["older", "sha256"],
  ])(
    "is sent in the form that %s instances want, and that form first from then on",
    async (_name, wanted) => {
      const hash = createHash("sha256").update(accessToken).digest("hex");
      const right = wanted === accessToken ? accessToken : hash;
      await using server = await serve((seen, response) => {
        if (seen.headers.authorization === `Bearer ${right}`) answerSession(response, "t", 0);
        else
          answerJson(response, 403, {
            error: "Invalid Access token",
            message: "The provided access token is invalid",
          });
      });
      await using session = await openSession(server.url, { AKASH_ACCESS_TOKEN: accessToken });
      await session.get(forever);
      await session.get(forever);
      const forms = server.seen.map((seen) => seen.headers.authorization);
      expect(forms).toEqual(
        right === accessToken
          ? [`Bearer ${accessToken}`, `Bearer ${accessToken}`]
          : [`Bearer ${accessToken}`, `Bearer ${hash}`, `Bearer ${hash}`],
      );
    },
  );

  test.each([
    ["wrong", accessToken, { error: "Invalid Access token" }, "Check AKASH_ACCESS_TOKEN."],
    ["missing", undefined, { error: "Access token required" }, "Set AKASH_ACCESS_TOKEN."],
    [
      "not the matter",
      undefined,
      { error: "Invalid request - no user agent" },
      "Invalid request - no user agent",
    ],
  ])("%s: the operator is told", async (_name, token, body, words) => {
    await using server = await serve((_seen, response) => answerJson(response, 403, body));
    await using session = await openSession(server.url, { AKASH_ACCESS_TOKEN: token });
    await expect(session.get(forever)).rejects.toMatchObject({
      kind: "upstream-unavailable",
      shouldRetry: false,
      message: expect.stringContaining(words),
    });
  });

  test.each([
    ["a store that is down", 500, "", "overloaded"],
    ["another site", 200, "<html>", "upstream-unavailable"],
    ["no such route", 404, "<html>", "upstream-unavailable"],
  ])("%s gives no session", async (_name, status, body, kind) => {
    await using server = await serve((_seen, response) => {
      response.writeHead(status).end(body);
    });
    await using session = await openSession(server.url);
    await expect(session.get(forever)).rejects.toMatchObject({ kind });
  });
});
