/** The given replies of servers, through the whole upstream and a real socket: what is sent, and what comes of the reply. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { type ErrorKind, GatewayError } from "../../../src/errors.ts";
import { findServer } from "../../../src/upstreams/openai-compatible/servers/index.ts";
import type { Upstream } from "../../../src/upstreams/upstream.ts";
import { serve, type TestServer } from "../akash-chat/support/serve.ts";
import { ask, createUpstream, createWatch, forever } from "./create-upstream.ts";
import { cases, checkAnswer, textOf, toRequest, type Case } from "./read-case.ts";

const kinds: Readonly<Record<string, ErrorKind>> = {
  upstream: "upstream-unavailable",
  tools_unsupported: "unsupported",
  reasoning_unsupported: "unsupported",
  context_length: "context-length",
  max_tokens_too_large: "invalid-request",
  model_not_found: "model-not-found",
  invalid_request: "invalid-request",
  upstream_truncated: "upstream-truncated",
  output_unparsable: "output-invalid",
  loading: "overloaded",
  not_supported: "unsupported",
  overloaded: "overloaded",
  credit: "credit-exhausted",
  rate_limit: "rate-limited",
  gateway: "upstream-unavailable",
  body_too_large: "payload-too-large",
};

const scopes: Readonly<Record<string, string>> = {
  never: "never",
  same: "same",
  other: "other",
  larger: "larger-context",
  wait: "other",
  lower: "other",
  drop: "other",
  emulate: "same",
};

const typeOf = (one: Case) => {
  const name = one.server.replaceAll(/[.-]/g, "");
  return findServer(name) === undefined ? "openai" : name;
};

let current: Case | undefined;
let cutAt: number | undefined;
let server: TestServer;

beforeAll(async () => {
  server = await serve((seen, response) => {
    const isList = current?.expect.models !== undefined;
    if (current === undefined || (isList && seen.url !== current.request.path)) {
      response.writeHead(404).end("{}");
      return;
    }
    response.writeHead(current.status, current.headers);
    const bytes = Buffer.from(current.body);
    if (cutAt === undefined) response.end(bytes);
    else
      response.write(bytes.subarray(0, cutAt), () => setImmediate(() => response.end(bytes.subarray(cutAt))));
  });
});
afterAll(() => server[Symbol.asyncDispose]());

function check(one: Case, { events, error }: Awaited<ReturnType<typeof ask>>): void {
  if (one.expect.error === undefined) {
    expect(error).toBeUndefined();
    checkAnswer(one, events);
    return;
  }
  if (!(error instanceof GatewayError)) throw new Error("It did not fail.", { cause: error });
  expect(error.kind).toBe(kinds[one.expect.error]);
  expect(error.retry).toBe(scopes[one.expect.retry ?? ""]);
  expect(error.message).toMatch(/^mine\b/);
  expect(error.retryAfterMs).toBe(
    one.expect.retryAfter === undefined ? undefined : one.expect.retryAfter * 1000,
  );
  expect(textOf(events, "text")).toBe(one.expect.partial ?? "");
  expect(events.some(({ type }) => type === "finish")).toBe(false);
}

const chats = cases.filter(({ expect: wanted }) => wanted.models === undefined);
const lists = cases.filter(({ expect: wanted }) => wanted.models !== undefined);

test("every case is judged", () => {
  expect(chats.length + lists.length).toBe(109);
});

test.each(chats)("$server: $case", async (one) => {
  current = one;
  cutAt = undefined;
  await using upstream = createUpstream(server.url, { type: typeOf(one) });
  const watch = createWatch();
  // Nobody waits for what is loading when others can be asked.
  check(one, await ask(upstream, toRequest(one), { watch, hasOthers: true }));
  const seen = server.seen.at(-1);
  expect(seen).toMatchObject({ method: "POST", url: "/v1/chat/completions" });
  expect(JSON.parse(seen?.body ?? "")).toMatchObject({ model: "m", stream: true });
  if (one.expect.upstreamId !== undefined) expect(watch.told).toContain(`id ${one.expect.upstreamId}`);
});

test.each(lists)("$server: $case", async (one) => {
  current = one;
  cutAt = undefined;
  await using upstream = createUpstream(server.url, { type: typeOf(one) });
  const models = await upstream.listModels(forever);
  expect(
    models.map(({ id, contextLength, capabilities }, at) => ({
      id,
      context: contextLength,
      ...(one.expect.models?.[at]?.vision === undefined ? {} : { vision: capabilities?.images === "native" }),
      ...(one.expect.models?.[at]?.tools === undefined ? {} : { tools: capabilities?.tools === "native" }),
    })),
  ).toEqual(one.expect.models);
});

describe("cut at every byte", () => {
  test.each(
    chats.filter(({ case: name }) =>
      [
        "tool call in pieces",
        "both reasoning fields in a whole answer",
        "the same after some text",
        "CRLF line ends",
        "neither finish nor [DONE]",
        "HTML with 200 (login page, sleeping host)",
      ].includes(name),
    ),
  )("$server: $case", async (one) => {
    current = one;
    await using upstream: Upstream & AsyncDisposable = createUpstream(server.url, { type: typeOf(one) });
    for (let at = 1; at < Buffer.byteLength(one.body); at += 1) {
      cutAt = at;
      check(one, await ask(upstream, toRequest(one), { hasOthers: true }));
    }
  });
});
