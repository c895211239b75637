/**
 * Whatever fails upstream: the client gets the status and the envelope of its own API, everything that was said before
 * the failure, and never an end that looks like a whole answer.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import type { ScriptedReply } from "../../src/simulator/types.ts";
import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { get, post } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects, type Dialect } from "./support/dialects.ts";

/** How each kind of failure looks: status, OpenAI's type and code, the code of a failed response, Anthropic's type. */
const looks = {
  request: [400, "invalid_request_error", null, "invalid_prompt", "invalid_request_error"],
  length: [
    400,
    "invalid_request_error",
    "context_length_exceeded",
    "context_length_exceeded",
    "invalid_request_error",
  ],
  model: [404, "invalid_request_error", "model_not_found", "model_not_found", "not_found_error"],
  size: [413, "invalid_request_error", "request_too_large", "invalid_prompt", "request_too_large"],
  declined: [
    422,
    "image_generation_user_error",
    "image_declined",
    "image_content_policy_violation",
    "invalid_request_error",
  ],
  limit: [429, "rate_limit_error", "rate_limit_exceeded", "rate_limit_exceeded", "rate_limit_error"],
  trouble: [502, "server_error", "upstream_unavailable", "server_error", "api_error"],
  garbage: [502, "server_error", "upstream_protocol", "server_error", "api_error"],
  truncated: [502, "server_error", "upstream_truncated", "server_error", "api_error"],
  unusable: [502, "server_error", "output_invalid", "server_error", "api_error"],
  overload: [503, "server_error", "overloaded", "server_is_overloaded", "overloaded_error"],
  silence: [504, "server_error", "upstream_timeout", "server_error", "timeout_error"],
} as const;

type Look = keyof typeof looks;

interface Row {
  readonly name: string;
  readonly reply: ScriptedReply;
  /** Missing: the answer ends by itself. */
  readonly look?: Look;
  readonly finish?: keyof Dialect["finishes"];
  /** What was said before. */
  readonly text?: string;
  readonly reasoning?: string;
  /** How often the upstream is asked. */
  readonly asked?: number;
  readonly retryAfter?: RegExp;
  readonly shouldRetry?: boolean;
  readonly model?: string;
}

const secret = "0123456789abcdef0123456789abcdef";
const deltas = ["Eins ", "zwei ", "drei ", "vier"];
const three = "Eins zwei drei ";
const all = "Eins zwei drei vier";
const page = `<html><body>${secret} <b>oops</b></body></html>`;
const fail = (error: NonNullable<ScriptedReply["error"]>): ScriptedReply => ({ text: deltas, error });
const normalEnd = 'e:{"finishReason":"stop"}\nd:{"finishReason":"stop"}\n';
const picture = { model: "AkashGen" };
const never = new Promise<void>(() => {});
const http = (status: number, body: string | object = "", headers: Record<string, string> = {}) =>
  fail({ kind: "http", status, body, headers: { "set-cookie": `session_token=${secret}`, ...headers } });
const says = (message: string) => fail({ kind: "three", message });

const rows: readonly Row[] = [
  // Reported inside a reply of status 200, before any text.
  { name: "a failing back end", reply: says("Service unavailable"), look: "trouble" },
  {
    name: "a busy back end",
    reply: says("Failed after 3 attempts. Last error: Rate limit reached for requests"),
    look: "limit",
    retryAfter: /^5$/,
  },
  {
    name: "a prompt too long",
    reply: says("This model's maximum context length is 8192 tokens"),
    look: "length",
  },
  { name: "a model unknown to the back end", reply: says("Invalid model name passed in"), look: "model" },
  { name: "a parameter", reply: says("Invalid argument for parameter topP: no"), look: "request" },
  {
    name: "a tool that nobody has",
    reply: says("Model tried to call unavailable tool 'x'"),
    look: "unusable",
    shouldRetry: false,
  },
  { name: "a page in an error", reply: says(`It said: ${page}`), look: "trouble" },
  { name: "a key in an error", reply: says(`Wrong key sk-${secret} at http://10.0.0.7/v1`), look: "trouble" },

  // After some text.
  { name: "a failure", reply: fail({ kind: "mid", afterDeltas: 3 }), look: "trouble", text: three },
  {
    name: "a failure with words",
    reply: fail({ kind: "mid", afterDeltas: 3, message: "429 too many requests" }),
    look: "limit",
    retryAfter: /^5$/,
    text: three,
  },
  {
    name: "a failure after which the text goes on",
    reply: fail({ kind: "mid", afterDeltas: 3, goesOn: true }),
    look: "trouble",
    text: three,
  },
  {
    name: "a lost back end",
    reply: fail({ kind: "terminated", afterDeltas: 3 }),
    look: "truncated",
    text: three,
  },
  {
    name: "an end without an end",
    reply: fail({ kind: "early-end", afterDeltas: 3 }),
    look: "truncated",
    text: three,
  },
  { name: "an end after all of it", reply: fail({ kind: "early-end" }), look: "truncated", text: all },
  { name: "a cut connection", reply: fail({ kind: "cut", afterDeltas: 3 }), look: "truncated", text: three },
  {
    name: "a cut connection in small pieces",
    reply: { ...fail({ kind: "cut", afterDeltas: 3 }), chunkBytes: 2 },
    look: "truncated",
    text: three,
  },
  {
    name: "a cut connection after thinking",
    reply: { ...fail({ kind: "cut", afterDeltas: 2 }), reasoning: "Hm." },
    look: "truncated",
    text: "Eins ",
    reasoning: "Hm.",
  },
  {
    name: "a cut connection while a tag may begin",
    reply: { text: ["Eins <", "thi"], error: { kind: "cut" } },
    look: "truncated",
    text: "Eins <thi",
  },
  {
    name: "silence",
    reply: { text: deltas, gate: never, gateAfter: 3 },
    look: "silence",
    text: three,
  },
  {
    name: "an end for no reason",
    reply: { text: deltas, finishReason: "unknown" },
    look: "truncated",
    text: all,
  },
  {
    name: "an end because of an error",
    reply: { text: deltas, finishReason: "error" },
    look: "trouble",
    text: all,
  },
  {
    name: "something else in the stream",
    reply: { raw: `0:"Eins "\n0:"zwei "\n0:"drei "\n0:{broken\n${normalEnd}` },
    look: "garbage",
    text: three,
  },
  {
    name: "a failure in the other framing",
    reply: { ...fail({ kind: "mid", afterDeltas: 3 }), protocol: "ui-message-stream" },
    look: "trouble",
    text: three,
  },

  // Before any text, without a report.
  { name: "a lost back end at once", reply: fail({ kind: "terminated", afterDeltas: 0 }), look: "truncated" },
  { name: "an end at once", reply: fail({ kind: "early-end", afterDeltas: 0 }), look: "truncated" },
  { name: "a cut connection at once", reply: fail({ kind: "cut", afterDeltas: 0 }), look: "truncated" },
  { name: "an empty answer for no reason", reply: { text: [], finishReason: "unknown" }, look: "truncated" },
  {
    name: "a call in place of text",
    reply: { text: [], finishReason: "tool-calls" },
    look: "unusable",
    shouldRetry: false,
  },
  { name: "another protocol", reply: { raw: "Hello, world\n" }, look: "garbage" },
  { name: "a closed connection", reply: fail({ kind: "refuse" }), look: "trouble", asked: 2 },
  { name: "no answer", reply: fail({ kind: "hang" }), look: "silence" },
  { name: "an empty stream", reply: fail({ kind: "empty" }), look: "truncated" },
  { name: "an empty 500", reply: fail({ kind: "empty", status: 500 }), look: "request", shouldRetry: false },

  // HTTP.
  { name: "400", reply: http(400, "Message too long for this model"), look: "length" },
  { name: "400 of JSON", reply: http(400, { error: "Bad Request", message: "No" }), look: "trouble" },
  { name: "401", reply: http(401, `session_token=${secret}`), look: "trouble" },
  { name: "403", reply: http(403, "no"), look: "trouble", shouldRetry: false },
  { name: "404", reply: http(404), look: "trouble", shouldRetry: false },
  { name: "408", reply: http(408), look: "trouble" },
  { name: "413", reply: http(413, page), look: "size" },
  { name: "429", reply: http(429, "slow down"), look: "limit" },
  {
    name: "429 that says when",
    reply: http(429, "", { "retry-after": "7" }),
    look: "limit",
    retryAfter: /^7$/,
  },
  {
    name: "429 of a proxy",
    reply: http(429, page, { "retry-after": "7" }),
    look: "limit",
    retryAfter: /^7$/,
  },
  { name: "500", reply: http(500, { error: `key sk-${secret}` }), look: "trouble" },
  { name: "502", reply: http(502, page), look: "trouble", asked: 2 },
  { name: "503", reply: http(503, "no healthy upstream"), look: "trouble", asked: 2 },
  { name: "503 of JSON", reply: http(503, { error: "down" }), look: "trouble" },
  {
    name: "503 that says when",
    reply: http(503, page, { "retry-after": "9" }),
    look: "trouble",
    retryAfter: /^9$/,
  },
  { name: "504", reply: http(504, page), look: "trouble" },
  { name: "a page of 403", reply: fail({ kind: "html" }), look: "trouble", shouldRetry: false },
  { name: "a page of 503", reply: fail({ kind: "html", status: 503 }), look: "trouble", shouldRetry: false },
  { name: "a page of 200", reply: fail({ kind: "html", status: 200 }), look: "trouble" },
  { name: "a page of 502", reply: fail({ kind: "html", status: 502 }), look: "trouble", asked: 2 },
  { name: "a session refused twice", reply: fail({ kind: "session" }), look: "overload", asked: 2 },
  {
    name: "a model of the list refused, by both its ids",
    reply: fail({ kind: "model" }),
    look: "overload",
    asked: 2,
  },
  { name: "all models refused", reply: fail({ kind: "model", available: [] }), look: "overload" },
  { name: "the usage limit", reply: fail({ kind: "usage" }), look: "limit", retryAfter: /^3[56]\d\d$/ },

  // Pictures.
  {
    ...picture,
    name: "a picture that fails",
    reply: fail({ kind: "image", message: page }),
    look: "trouble",
  },
  {
    ...picture,
    name: "a job that fails",
    reply: { image: { prompt: "x", statuses: ["waiting", "failed"] } },
    look: "trouble",
  },
  { ...picture, name: "no job", reply: { image: { prompt: "x", jobId: "undefined" } }, look: "trouble" },
  {
    ...picture,
    name: "a job that is lost",
    reply: { image: { prompt: "x", statuses: ["missing"] } },
    look: "trouble",
  },
  {
    ...picture,
    name: "a job whose status fails",
    reply: { image: { prompt: "x", statuses: [500] } },
    look: "trouble",
  },
  {
    ...picture,
    name: "no wish",
    reply: says("Invalid model name passed in model=AkashGen"),
    look: "declined",
  },
  {
    ...picture,
    name: "a picture's limit",
    reply: fail({ kind: "usage" }),
    look: "limit",
    retryAfter: /^3[56]\d\d$/,
  },

  // No failures.
  {
    name: "the limit of the back end",
    reply: { text: deltas, finishReason: "length" },
    finish: "length",
    text: all,
  },
  { name: "a filter", reply: { text: deltas, finishReason: "content-filter" }, finish: "filter", text: all },
  { name: "another reason", reply: { text: deltas, finishReason: "other" }, finish: "stop", text: all },
  { ...picture, name: "a text in place of a picture", reply: { text: deltas }, finish: "stop", text: all },
];

let stack: Stack;
const rejections: unknown[] = [];
const onRejection = (reason: unknown): void => void rejections.push(reason);

beforeAll(async () => {
  // Retries wait at random: not here.
  vi.spyOn(Math, "random").mockReturnValue(0);
  process.on("unhandledRejection", onRejection);
  stack = await startStack({
    env: {
      FIRST_BYTE_TIMEOUT_MS: "1000",
      IDLE_TIMEOUT_MS: "1000",
      AKASH_COOKIE: `cf_clearance=${secret}`,
    },
  });
});

afterAll(async () => {
  await stack.close();
  process.off("unhandledRejection", onRejection);
  vi.restoreAllMocks();
});

let requests = 0;

/** Asks once, with the row's reply for this request alone. */
async function ask(row: Row, dialect: Dialect, stream: boolean) {
  requests += 1;
  const marker = `<${requests}>`;
  const when: ScriptedReply["when"] = (body) => body.messages.at(-1)?.content === marker;
  for (let times = 0; times < 4; times += 1) stack.simulator.enqueue({ ...row.reply, when });
  const reply = await post(stack.url + dialect.path, { ...dialect.body(marker, row.model), stream });
  const asked = stack.simulator.chats.filter(({ body }) => when(body as Parameters<typeof when>[0])).length;
  return { reply, asked };
}

function expectedError(look: Look, dialect: Dialect, place: "body" | "stream"): object {
  const [, type, code, responseCode, anthropicType] = looks[look];
  if (dialect.name === "messages") return { type: anthropicType };
  return dialect.name === "responses" && place === "stream" ? { code: responseCode } : { type, code };
}

function expectedStatus(look: Look, dialect: Dialect): number {
  if (look === "model" && dialect.name === "chat") return 500;
  if (look === "overload" && dialect.name === "messages") return 529;
  return looks[look][0];
}

/** Before anything was said a failure is an HTTP status; Codex alone needs one kind as an event. */
function failsInStream({ look, text }: Row, dialect: Dialect): boolean {
  return text !== undefined || (look === "length" && dialect.name === "responses");
}

describe.each(dialects)("$name", (dialect) => {
  describe.each([false, true])("stream: %s", (stream) => {
    test.concurrent.each(rows)("$name", async (row) => {
      const { reply, asked } = await ask(row, dialect, stream);
      const { look, text = "" } = row;
      const reasoning = dialect.name === "completions" ? "" : (row.reasoning ?? "");
      expect(asked).toBe(row.asked ?? 1);
      expect(JSON.stringify(reply.headers) + reply.text).not.toMatch(
        /<(?:html|body|b)\b|cf_clearance|session_token=|[\da-f]{32}/,
      );

      if (look === undefined) {
        expect(reply.status).toBe(200);
        const reading = stream ? dialect.readStream(reply.text) : dialect.readWhole(reply.json());
        const finish = dialect.finishes[row.finish ?? "stop"];
        expect(reading).toEqual({ text, reasoning, finish, error: undefined });
      } else if (stream && failsInStream(row, dialect)) {
        expect(reply.status).toBe(200);
        expect(reply.headers["content-type"]).toMatch(/^text\/event-stream/);
        const error = expect.objectContaining(expectedError(look, dialect, "stream"));
        expect(dialect.readStream(reply.text)).toEqual({ text, reasoning, finish: undefined, error });
      } else {
        expect(reply.status).toBe(expectedStatus(look, dialect));
        expect(reply.headers["content-type"]).toMatch(/^application\/json/);
        const error = dialect.readError(reply.json());
        expect(error).toMatchObject(expectedError(look, dialect, "body"));
        expect(error.message.length).toBeGreaterThan(10);
        if (row.retryAfter === undefined) expect(reply.headers["retry-after"]).toBeUndefined();
        else expect(reply.headers["retry-after"]).toMatch(row.retryAfter);
        if (dialect.name !== "chat" || look !== "model")
          expect(reply.headers["x-should-retry"]).toBe(row.shouldRetry?.toString());
      }
    });
  });
});

/** What can fail while the client sees nothing but heartbeats. */
const late: readonly Row[] = [
  { name: "a failing back end", reply: says("Service unavailable"), look: "trouble" },
  { name: "a prompt too long", reply: says("maximum context length is 8192 tokens"), look: "length" },
  { name: "a cut connection", reply: fail({ kind: "cut", afterDeltas: 0 }), look: "truncated" },
  { name: "an end", reply: fail({ kind: "early-end", afterDeltas: 0 }), look: "truncated" },
  {
    name: "a failure after text",
    reply: fail({ kind: "mid", afterDeltas: 3 }),
    look: "trouble",
    text: three,
  },
  { name: "no failure", reply: { text: deltas }, finish: "stop", text: all },
];

describe.each(dialects)("$name, when the head is out", (dialect) => {
  test.each(late)("$name", async (row) => {
    await using slow = await startStack({ env: { RESPONSE_HOLD_MS: "0", HEARTBEAT_MS: "100" } });
    const gate = createGate();
    slow.simulator.enqueue({ ...row.reply, gate: gate.promise });
    const stream = await openStream(slow.url + dialect.path, { ...dialect.body("x"), stream: true });
    expect(stream.status).toBe(200);
    await stream.readUntil(dialect.name === "messages" ? "event: ping" : ": ");
    gate.open();
    const reading = dialect.readStream(await stream.readRest());
    const { look, text = "" } = row;
    expect(reading.text).toBe(text);
    if (look === undefined)
      expect(reading).toMatchObject({ finish: dialect.finishes.stop, error: undefined });
    else {
      expect(reading.finish).toBeUndefined();
      expect(reading.error).toMatchObject(expectedError(look, dialect, "stream"));
    }
  });
});

test("nothing was rejected unseen, and the gateway still answers", async () => {
  expect(rejections).toEqual([]);
  expect((await get(`${stack.url}/health`)).status).toBe(200);
  for (const dialect of dialects) {
    stack.simulator.enqueue({ text: deltas });
    const reply = await post(stack.url + dialect.path, dialect.body("hello"));
    expect(dialect.readWhole(reply.json()).text).toBe(all);
  }
});
