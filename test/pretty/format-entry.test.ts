import { describe, expect, test } from "vitest";

import { createPaint, hasColours, type Environment } from "../../src/pretty/create-paint.ts";
import { formatEntry } from "../../src/pretty/format-entry.ts";

const time = new Date(2026, 10, 26, 15, 0, 12).getTime();
const plain = createPaint(false);
const show = (entry: object): string => formatEntry({ time, level: 30, ...entry }, plain);

const chat = {
  event: "request",
  method: "POST",
  route: "/v1/chat/completions",
  upstream: "akash-chat",
  requestedModel: "DeepSeek-V3.2",
  model: "DeepSeek-V3.2",
  status: 200,
  reqId: "req_1",
  ms: 4100,
};
const tokens = { finish: "stop", inputTokens: 12, outputTokens: 340, estimated: false, firstTokenMs: 800 };
const refused = { type: "Error", message: "connect ECONNREFUSED 127.0.0.1:9", code: "ECONNREFUSED" };

describe("the line of a request", () => {
  test.each<[string, object, string]>([
    ["an answer", tokens, "200 chat DeepSeek-V3.2 12→340 tok, first 0.8 s, 4.1 s"],
    [
      "our own count",
      { ...tokens, estimated: true },
      "200 chat DeepSeek-V3.2 ~12→~340 tok, first 0.8 s, 4.1 s",
    ],
    [
      "an alias",
      { ...tokens, requestedModel: "gpt-4o" },
      "200 chat DeepSeek-V3.2 (gpt-4o) 12→340 tok, first 0.8 s, 4.1 s",
    ],
    [
      "another case",
      { ...tokens, requestedModel: "deepseek-v3.2" },
      "200 chat DeepSeek-V3.2 12→340 tok, first 0.8 s, 4.1 s",
    ],
    [
      "a limit",
      { ...tokens, finish: "length" },
      "200 chat DeepSeek-V3.2 12→340 tok, ended by length, first 0.8 s, 4.1 s",
    ],
    [
      "repairs and retries",
      { ...tokens, repairs: 2, retries: 1 },
      "200 chat DeepSeek-V3.2 12→340 tok, asked 2 times more, 1 retry, first 0.8 s, 4.1 s",
    ],
    [
      "another upstream than the first one",
      { ...tokens, upstream: "akashml", attempts: [{ upstream: "web" }, { upstream: "akashml" }] },
      "200 chat DeepSeek-V3.2 12→340 tok, at akashml, first 0.8 s, 4.1 s",
    ],
    [
      "another model of the same upstream",
      { upstream: "web", attempts: [{ upstream: "web" }, { upstream: "web" }] },
      "200 chat DeepSeek-V3.2 4.1 s",
    ],
    [
      "several retries",
      { repairs: 1, retries: 2 },
      "200 chat DeepSeek-V3.2 asked once more, 2 retries, 4.1 s",
    ],
    [
      "a client that left",
      { ...tokens, clientLeft: true, error: "aborted", finish: undefined },
      "200 chat DeepSeek-V3.2 12→340 tok, the client left, first 0.8 s, 4.1 s",
    ],
    [
      "a client that left before",
      { status: 499, clientLeft: true, error: "aborted", ms: 12_340 },
      "499 chat DeepSeek-V3.2 the client left, 12 s",
    ],
    [
      "pictures",
      {
        route: "/v1/images/generations",
        model: "AkashGen",
        requestedModel: undefined,
        pictures: 1,
        ms: 12_000,
      },
      "200 images AkashGen 1 picture, 12 s",
    ],
    [
      "a picture in a chat",
      { ...tokens, model: "AkashGen", requestedModel: "AkashGen", pictures: 2 },
      "200 chat AkashGen 2 pictures, 4.1 s",
    ],
    [
      "a count",
      { route: "/v1/messages/count_tokens", model: undefined, inputTokens: 7, estimated: true, ms: 3 },
      "200 count_tokens DeepSeek-V3.2 ~7 tok, 3 ms",
    ],
    [
      "models",
      { method: "GET", route: "/v1/models", model: undefined, requestedModel: undefined, ms: 3 },
      "200 models 3 ms",
    ],
    [
      "any other route",
      { method: "DELETE", route: "/v1/responses/:id", model: undefined, requestedModel: undefined, ms: 3 },
      "200 DELETE /v1/responses/:id 3 ms",
    ],
    [
      "the beginning of a background response",
      { route: "/v1/responses", response: "resp_1", ms: 3 },
      "200 responses DeepSeek-V3.2 goes on in the background, 3 ms",
    ],
    [
      "its end",
      {
        event: "background",
        route: "/v1/responses",
        response: "resp_1",
        outcome: "completed",
        status: undefined,
        ...tokens,
      },
      "--- responses DeepSeek-V3.2 12→340 tok, first 0.8 s, in the background: completed, 4.1 s",
    ],
    [
      "a mistake",
      {
        level: 40,
        route: "/v1/messages",
        upstream: undefined,
        status: 400,
        error: "invalid-request",
        err: {
          type: "GatewayError",
          kind: "invalid-request",
          param: "max_tokens",
          message: "Field required",
        },
      },
      "400 messages: max_tokens: Field required",
    ],
    [
      "a mistake that names its field itself",
      {
        level: 40,
        upstream: undefined,
        status: 400,
        error: "invalid-request",
        err: {
          type: "GatewayError",
          param: "n",
          message: "n must be a number",
          cause: refused,
        },
      },
      "400 chat: n must be a number",
    ],
    [
      "a failure of the upstream's",
      {
        level: 50,
        status: 502,
        error: "upstream-unavailable",
        ms: 200,
        err: {
          type: "GatewayError",
          kind: "upstream-unavailable",
          message: "Akash Chat can't be reached.",
          cause: refused,
        },
      },
      "502 chat DeepSeek-V3.2: upstream-unavailable: Akash Chat can't be reached. (connect ECONNREFUSED 127.0.0.1:9) 0.2 s req_1",
    ],
    [
      "a cause that says the same again, and one without words",
      {
        level: 50,
        status: 502,
        error: "upstream-unavailable",
        ms: 200,
        err: {
          type: "GatewayError",
          message: "None was drawn: lost.",
          cause: {
            type: "GatewayError",
            message: "lost.",
            cause: {
              type: "AggregateError",
              message: "",
              code: "EHOSTUNREACH",
            },
          },
        },
      },
      "502 chat DeepSeek-V3.2: upstream-unavailable: None was drawn: lost. (EHOSTUNREACH) 0.2 s req_1",
    ],
    [
      "a limit upstream",
      {
        level: 40,
        status: 402,
        error: "budget-exhausted",
        ms: 20,
        err: {
          type: "GatewayError",
          message: "The budget is spent.",
        },
      },
      "402 chat DeepSeek-V3.2: budget-exhausted: The budget is spent. 20 ms req_1",
    ],
    [
      "an answer that broke off",
      {
        ...tokens,
        level: 50,
        error: "upstream-truncated",
        estimated: true,
        err: {
          type: "GatewayError",
          message: "It broke off.",
        },
      },
      "200 chat DeepSeek-V3.2: upstream-truncated: It broke off. ~12→~340 tok, first 0.8 s, 4.1 s req_1",
    ],
  ])("%s", (_name, extra, line) => {
    expect(show({ ...chat, ...extra })).toBe(`15:00:12 ${line}`);
  });

  test("only an unforeseen error shows where it happened, whatever it stands behind", () => {
    const stack = "TypeError: odd\n    at one (a.ts:1:1)\n    at two (b.ts:2:2)";
    const err = { type: "TypeError", message: "odd", stack };
    for (const shown of [err, { type: "GatewayError", message: "odd", cause: err }]) {
      expect(show({ ...chat, level: 50, status: 500, error: "internal", err: shown, ms: 5 })).toBe(
        "15:00:12 500 chat DeepSeek-V3.2: internal: odd 5 ms req_1\n    at one (a.ts:1:1)\n    at two (b.ts:2:2)",
      );
    }
  });

  test("what somebody sent can't steer the terminal or begin a line", () => {
    const message = "no\u001b[2Jmodel\r\n15:00:12 200 forged \u009b31m \u202egnp";
    const line = show({
      ...chat,
      level: 40,
      upstream: undefined,
      status: 404,
      err: { message },
      requestedModel: "\u0007",
    });
    expect(line).toBe("15:00:12 404 chat: no\uFFFD[2Jmodel 15:00:12 200 forged \uFFFD31m \uFFFDgnp");
    const err = { message: "odd", stack: "Error: odd\n    at \u001b[2J home" };
    expect(show({ msg: "end", err })).toBe("15:00:12 end: odd\n    at \uFFFD[2J home");
  });
});

describe("other lines", () => {
  test.each<[object, string]>([
    [{ msg: "hello" }, "hello"],
    [{ level: 40, msg: "the budget is spent", until: "2026" }, "warn the budget is spent until=2026"],
    [
      { level: 20, msg: "new session", lifetimeMs: 5, deep: { a: 1 } },
      'debug new session lifetimeMs=5 deep={"a":1}',
    ],
    [
      { event: "silent", level: 40, msg: "POST /x: silent for 60 s", silentMs: 60_000, reqId: "r" },
      "warn POST /x: silent for 60 s r",
    ],
    [
      { level: 50, msg: "not stored", err: { message: "disk full", cause: { message: "ENOSPC" } } },
      "error not stored: disk full (ENOSPC)",
    ],
    [{ level: 60, msg: "end", err: { message: "m", stack: "Error: m\n    at x" } }, "fatal end: m\n    at x"],
  ])("%j", (entry, line) => {
    expect(show(entry)).toBe(`15:00:12 ${line}`);
  });
});

test.each<[object, number, string]>([
  [{}, 32, "200"],
  [{ status: 400, level: 40, err: { message: "x" } }, 33, "400"],
  [{ status: 502, level: 50, err: { message: "x" } }, 31, "502"],
  [{ status: 200, level: 50, err: { message: "x" } }, 31, "200"],
  [{ status: undefined, event: "background" }, 2, "---"],
])("colours tell the outcome: %j", (extra, colour, status) => {
  const line = formatEntry({ time, level: 30, ...chat, ...extra }, createPaint(true));
  expect(line).toContain(`\u001b[${colour}m${status}\u001b[0m `);
});

test.each<[boolean, Environment, boolean]>([
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: "dumb" }, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "3", TERM: "dumb" }, true],
  [true, { FORCE_COLOR: "0" }, false],
  [false, { FORCE_COLOR: "" }, false],
  [true, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
])("a terminal: %s, %j: colours: %s", (isTerminal, environment, colours) => {
  expect(hasColours(isTerminal, environment)).toBe(colours);
});
