/**
 * Whatever a client sends, it gets a well-formed answer of its API in time: 200 or a 4xx, never a failure of the
 * gateway itself.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { AnyJson } from "../support/post.ts";
import { startStack, type Stack } from "../support/start-stack.ts";
import { dialects, readFrames, type Dialect } from "./support/dialects.ts";
import { fullBodies } from "./support/full-bodies.ts";
import { mutated } from "./support/mutated.ts";

const runs = Number(process.env["FUZZ_RUNS"] ?? 150);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

/** Throws unless a stream consists of frames of JSON and ends as its API says. */
function checkStream(text: string, dialect: Dialect): void {
  if (dialect.streamType !== undefined) {
    dialect.readStream(text);
    return;
  }
  const frames = readFrames(text).map(({ data }) => (data === "[DONE]" ? data : JSON.parse(data)));
  const last = frames.at(-1);
  const ends: Readonly<Partial<Record<Dialect["name"], boolean>>> = {
    chat: last === "[DONE]" || "error" in last,
    completions: last === "[DONE]" || "error" in last,
    responses: /^response\.(?:completed|incomplete|failed)$/.test(last.type),
    messages: last.type === "message_stop" || last.type === "error",
  };
  if (ends[dialect.name] !== true) throw new Error(`No end: ${text.slice(-300)}`);
}

/** What must not be: `undefined` when all is well. */
async function findProblem(dialect: Dialect, body: string, path = dialect.path): Promise<string | undefined> {
  const reply = await fetch(stack.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  const text = await reply.text();
  try {
    if (reply.status === 200) {
      const type = dialect.streamType ?? "text/event-stream";
      if (reply.headers.get("content-type")?.startsWith(type) === true) checkStream(text, dialect);
      else JSON.parse(text);
      return undefined;
    }
    const json: AnyJson = JSON.parse(text);
    const { code, message } = dialect.readError(json);
    const { status } = reply;
    if (status >= 400 && status < 500 && message.length > 5) return undefined;
    // The simulator's model did not write what was asked of it; or this API's word for an unknown model.
    if (status === 502 && /JSON asked for|did not call|call a tool|usable/.test(message)) return undefined;
    if (status === 500 && code === "model_not_found") return undefined;
    return `${status}: ${text}`;
  } catch (error) {
    return `${reply.status}, ${String(error)}: ${text.slice(0, 2000)}`;
  }
}

test.each(dialects)("$name", { timeout: 600_000 }, async (dialect) => {
  const bodies = fullBodies[dialect.path] ?? [];
  for (const body of bodies) expect(await findProblem(dialect, JSON.stringify(body))).toBeUndefined();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...bodies).chain(mutated), async (body) => {
      expect(await findProblem(dialect, body)).toBeUndefined();
    }),
    { numRuns: runs },
  );
});

/** Routes without a stream of their own, with the API whose errors they give and the bodies that they take. */
const others = [
  { path: "/v1/messages/count_tokens", errors: "messages", bodies: fullBodies["/v1/messages"] ?? [] },
  { path: "/v1/responses/input_tokens", errors: "responses", bodies: fullBodies["/v1/responses"] ?? [] },
  {
    path: "/v1/images/generations",
    errors: "chat",
    bodies: [
      {
        model: "AkashGen",
        prompt: "a fox",
        n: 1,
        size: "1024x1024",
        quality: "auto",
        style: null,
        response_format: "url",
        output_format: "png",
        output_compression: 80,
        background: "auto",
        moderation: "auto",
        partial_images: 0,
        user: "u",
      },
    ],
  },
] as const;

test.each(others)("$path", { timeout: 600_000 }, async ({ path, errors, bodies }) => {
  const dialect = dialects.find(({ name }) => name === errors);
  if (dialect === undefined) throw new Error("no such dialect");
  const property = fc.asyncProperty(fc.constantFrom<object[]>(...bodies).chain(mutated), async (body) => {
    const problem = await findProblem(dialect, body.replace('"stream":true', '"stream":false'), path);
    expect(problem).toBeUndefined();
  });
  await fc.assert(property, { numRuns: Math.ceil(runs / 3) });
});

/** Not nothing, because a connection that is cut before its head is tried again. */
const start = 'f:{"messageId":"m"}\n';
const end = 'e:{"finishReason":"stop"}\nd:{"finishReason":"stop"}\n';
const failure = '3:"Service unavailable"\n';
const fragment = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "binary" }).map((text) => `0:${JSON.stringify(text)}\n`) },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      end,
      failure,
      'f:{"messageId":"m"}\n',
      'g:"thinking"\n',
      '0:"<think>\\nhm\\n</think>\\n\\n"\n',
      '0:"<think>"\n',
      '0:"<tool_call>{\\"name\\":"\n',
      '0:"\\ud83d"\n',
      '0:"\\ude00"\n',
      '0:""\n',
      "0:{broken\n",
      '9:{"toolCallId":"x"}\n',
      "2:[]\n",
      "\n",
      "\r\n",
      "<html>\n",
      "data: {}\n\n",
      'd:{"finishReason":"length","usage":null}\n',
    ),
  },
);

test.each(dialects)("$name, whatever Akash Chat says", { timeout: 600_000 }, async (dialect) => {
  const answers = fc.record({
    raw: fc.array(fragment, { maxLength: 12 }).map((parts) => start + parts.join("")),
    cut: fc.boolean(),
    chunkBytes: fc.integer({ min: 1, max: 40 }),
    stream: fc.boolean(),
  });
  const property = fc.asyncProperty(answers, async ({ raw, cut, chunkBytes, stream }) => {
    stack.simulator.enqueue({ raw, chunkBytes, ...(cut ? { error: { kind: "cut" } } : {}) });
    const reply = await fetch(stack.url + dialect.path, {
      method: "POST",
      body: JSON.stringify({ ...dialect.body("x"), stream }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await reply.text();
    if (reply.status !== 200) {
      const { code, message } = dialect.readError(JSON.parse(text));
      expect([reply.status, code === "internal_error", message]).toEqual([502, false, expect.any(String)]);
      return;
    }
    const reading = stream ? dialect.readStream(text) : dialect.readWhole(JSON.parse(text));
    expect((reading.finish === undefined) === (reading.error === undefined)).toBe(false);
    // Nothing may look complete that was not, or that failed before its end.
    const ends = raw.search(/^[ed]:/m);
    const fails = raw.search(/^3:/m);
    if (reading.finish !== undefined) expect(ends !== -1 && (fails === -1 || ends < fails)).toBe(true);
  });
  await fc.assert(property, { numRuns: runs });
});
