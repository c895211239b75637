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
  const frames = readFrames(text).map(({ data }) => (data === "[DONE]" ? data : JSON.parse(data)));
  const last = frames.at(-1);
  const ends: Readonly<Record<Dialect["name"], boolean>> = {
    chat: last === "[DONE]" || "error" in last,
    completions: last === "[DONE]" || "error" in last,
    responses: /^response\.(?:completed|incomplete|failed)$/.test(last.type),
    messages: last.type === "message_stop" || last.type === "error",
  };
  if (!ends[dialect.name]) throw new Error(`No end: ${text.slice(-300)}`);
}

/** What must not be: `undefined` when all is well. */
async function findProblem(dialect: Dialect, body: string): Promise<string | undefined> {
  const reply = await fetch(stack.url + dialect.path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  const text = await reply.text();
  try {
    if (reply.status === 200) {
      if (reply.headers.get("content-type")?.startsWith("text/event-stream")) checkStream(text, dialect);
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
