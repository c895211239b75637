import { expect, test } from "vitest";

import { GatewayError } from "../src/errors.ts";
import { createLog } from "../src/log.ts";

async function write(log: (logger: Awaited<ReturnType<typeof createLog>>) => void): Promise<string> {
  let text = "";
  const logger = await createLog(
    { LOG_LEVEL: "debug", LOG_FORMAT: "auto" },
    { write: (line) => void (text += line) },
  );
  log(logger);
  return text;
}

test("lines are JSON with level, time and message", async () => {
  const line = JSON.parse(await write((log) => log.info({ route: "/x" }, "hello")));
  expect(line).toEqual({ level: 30, time: expect.any(Number), route: "/x", msg: "hello" });
});

test.each([
  [{ authorization: "Bearer s3cret" }],
  [{ headers: { cookie: "s3cret", "set-cookie": ["s3cret"], "x-api-key": "s3cret" } }],
  [{ headers: { "api-key": "s3cret", "x-goog-api-key": "s3cret" } }],
  [{ request: { headers: { authorization: "s3cret" }, body: "s3cret" } }],
  [{ session: { token: "s3cret" } }],
  [{ upstream: { apiKey: "s3cret", headers: { "X-Own": "s3cret" } } }],
  [{ configuration: { upstreams: [{ name: "a", apiKey: "s3cret" }, { cookie: "s3cret" }] } }],
  [{ entry: { api_key: "s3cret", access_token: "s3cret" } }],
  [{ environment: { AKASHML_API_KEY: "s3cret", COMPATIBLE_API_KEY: "s3cret", AKASH_COOKIE: "s3cret" } }],
  [{ environment: { METRICS_TOKEN: "s3cret", OTEL_EXPORTER_OTLP_HEADERS: "authorization=s3cret" } }],
  [{ config: { DATABASE_URL: "postgres://me:s3cret@db/gateway" } }],
])("a secret that was logged by mistake is taken out: %j", async (details) => {
  const text = await write((log) => log.info(details, "oops"));
  expect(text).not.toContain("s3cret");
  expect(text).toContain("[Redacted]");
});

test("what is no secret stays as it is, also in lists", async () => {
  const fields = { upstreams: [{ name: "a" }], list: ["b", [1]], nothing: null };
  expect(JSON.parse(await write((log) => log.info(fields, "fine")))).toMatchObject(fields);
});

test("an error shows names, messages and codes along its causes, and nothing that hangs on them", async () => {
  const socket = Object.assign(new Error("connect ECONNREFUSED"), {
    code: "ECONNREFUSED",
    request: { headers: { cookie: "s3cret" } },
  });
  const error = new GatewayError("upstream-unavailable", "Akash Chat can't be reached.", { cause: socket });
  const line = JSON.parse(await write((log) => log.error({ err: error }, "failed")));
  expect(line.err).toMatchObject({
    type: "GatewayError",
    kind: "upstream-unavailable",
    message: "Akash Chat can't be reached.",
    cause: { type: "Error", message: "connect ECONNREFUSED", code: "ECONNREFUSED" },
  });
  expect(JSON.stringify(line)).not.toContain("s3cret");
  expect(line.err.stack).toBeUndefined();
});

test("only an unforeseen error shows where it happened", async () => {
  const line = JSON.parse(await write((log) => log.error({ err: new TypeError("odd") }, "failed")));
  expect(line.err.stack).toContain("log.test.ts");
});

test.each([
  [
    "JSON that can't be parsed",
    () => {
      try {
        return JSON.parse('{"content": secret diary}');
      } catch (error) {
        return new GatewayError("invalid-request", "Not JSON.", { cause: error });
      }
    },
  ],
  [
    "an answer",
    () => new GatewayError("output-invalid", "No JSON. It wrote: secret diary", { answer: "secret diary" }),
  ],
])("an error does not show what it quotes of %s", async (_name, fail) => {
  expect(await write((log) => log.error({ err: fail() }, "failed"))).not.toContain("secret");
});

test("an error's text is cut where it tells nothing more", async () => {
  const error = new GatewayError("model-not-found", `There is no model ${"x".repeat(1_000_000)}.`);
  expect((await write((log) => log.warn({ err: error }, "failed"))).length).toBeLessThan(5000);
});

test("what is the cause of a known failure shows no stack either, unless the failure is a bug", async () => {
  const details = { cause: new TypeError("odd"), param: "n" };
  const timeout = new GatewayError("upstream-timeout", "failed", details);
  const known = JSON.parse(await write((log) => log.error({ err: timeout }, "failed")));
  expect(known.err).toMatchObject({ param: "n", cause: { type: "TypeError", message: "odd" } });
  expect(JSON.stringify(known)).not.toContain("stack");
  const internal = new GatewayError("internal", "failed", details);
  const bug = JSON.parse(await write((log) => log.error({ err: internal }, "failed")));
  expect(bug.err.cause.stack).toContain("log.test.ts");
});

test.each([
  ["auto", true, true],
  ["auto", false, false],
  ["pretty", false, true],
  ["json", true, false],
] as const)("LOG_FORMAT=%s on a terminal (%s) is pretty: %s", async (LOG_FORMAT, isTTY, pretty) => {
  let text = "";
  const out = { isTTY, write: (line: string) => void (text += line) };
  const log = await createLog({ LOG_LEVEL: "info", LOG_FORMAT }, out, { NO_COLOR: "1" });
  log.info("hello");
  log.debug("not this");
  expect(text).toMatch(pretty ? /^\d\d:\d\d:\d\d hello\n$/ : /^\{.*"msg":"hello"\}\n$/);
});

test("many logs listen for the end of the process no more often than one", async () => {
  const settings = { LOG_LEVEL: "info", LOG_FORMAT: "json" } as const;
  await createLog(settings);
  const listeners = process.listenerCount("exit");
  await createLog(settings);
  expect(process.listenerCount("exit")).toBe(listeners);
});

test("what an error quotes of an answer is taken out before a long text is cut, so that no part of it stays", async () => {
  const answer = "planted ".repeat(1000);
  const error = new GatewayError("upstream-protocol", `The server said: ${answer}`, { answer });
  const text = await write((log) => log.info({ err: error }, "oops"));
  expect(text).toContain("The server said: …");
  expect(text).not.toContain("planted");
});
