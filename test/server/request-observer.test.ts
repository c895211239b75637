/** Everybody who learns of requests learns of each once, whatever became of it. */
import { afterEach, beforeEach, expect, test } from "vitest";

import type { EndedRequest, RequestObserver } from "../../src/server/request-observer.ts";
import type { EventBatch } from "../../src/model/events.ts";
import { createGate } from "../support/gate.ts";
import { openStream } from "../support/open-stream.ts";
import { post, type AnyJson } from "../support/post.ts";
import { startEdge, textAnswer, type Edge } from "../support/start-edge.ts";

const body = { model: "DeepSeek-V3.2", messages: [{ role: "user", content: "hi" }] };

/** What was told, and a way to wait for it. */
interface Told extends RequestObserver {
  readonly words: string[];
  readonly ended: EndedRequest[];
  until(count: number): Promise<void>;
}

function kindOf({ begunBy }: EndedRequest["facts"]): string {
  return begunBy === undefined ? "request" : "background";
}

function createTold(): Told {
  const words: string[] = [];
  const ended: EndedRequest[] = [];
  const waiting = new Set<() => void>();
  return {
    words,
    ended,
    begin(_request, facts) {
      words.push(`${kindOf(facts)} begins`);
    },
    end(over) {
      words.push(`${over.ending.event} ends`);
      ended.push(over);
      for (const check of waiting) check();
    },
    until: (count) =>
      new Promise((resolve) => {
        function check(): void {
          if (ended.length < count) return;
          waiting.delete(check);
          resolve();
        }
        waiting.add(check);
        check();
      }),
  };
}

const faulty: RequestObserver = {
  begin() {
    throw new Error("a mistake at the beginning");
  },
  end() {
    throw new Error("a mistake at the end");
  },
};

let edge: Edge;
let told: Told;
let answer: () => AsyncIterable<EventBatch> | Iterable<EventBatch>;
beforeEach(async () => {
  told = createTold();
  answer = () => textAnswer("Hello");
  edge = await startEdge({ answer: () => answer(), observers: [faulty, told] });
});
afterEach(() => edge.close());

test("an answer, and what an observer before fails of is a mistake in the log", async () => {
  const reply = await post(`${edge.url}/v1/chat/completions`, body);
  expect(reply.status).toBe(200);
  await told.until(1);
  expect(told.words).toEqual(["request begins", "request ends"]);
  expect(told.ended[0]).toMatchObject({
    facts: { dialect: "openai-chat", model: "DeepSeek-V3.2", usage: { inputTokens: 3 } },
    ending: { status: 200, clientLeft: undefined },
    request: { body },
  });
  const mistakes = edge.lines.filter(({ level }) => level === 50).map(({ err }) => (err as AnyJson).message);
  expect(mistakes).toEqual(["a mistake at the beginning", "a mistake at the end"]);
});

test("what was refused, and what can't be read", async () => {
  await post(`${edge.url}/v1/chat/completions`, { ...body, messages: "no list" });
  await post(`${edge.url}/%`, body);
  await told.until(2);
  expect(told.words).toEqual(["request begins", "request ends", "request begins", "request ends"]);
  expect(told.ended.map(({ facts, ending }) => [facts.error, ending.status])).toEqual([
    ["invalid-request", 400],
    ["invalid-request", 400],
  ]);
});

test("a client that left", async () => {
  const gate = createGate();
  answer = async function* () {
    const [first = [], ...rest] = textAnswer("one", "two");
    yield first;
    await gate.promise;
    yield* rest;
  };
  const stream = await openStream(`${edge.url}/v1/chat/completions`, { ...body, stream: true });
  await stream.readUntil("one");
  stream.leave();
  await told.until(1);
  expect(told.words).toEqual(["request begins", "request ends"]);
  expect(told.ended[0]).toMatchObject({ ending: { status: 200, clientLeft: true } });
  gate.open();
});

test("a background response, beside the request that began it", async () => {
  const gate = createGate();
  answer = async function* () {
    await gate.promise;
    yield* textAnswer("Hello");
  };
  const input = { model: "DeepSeek-V3.2", input: "hi", background: true };
  const reply = await post(`${edge.url}/v1/responses`, input);
  await told.until(1);
  gate.open();
  await told.until(2);
  expect(told.words.toSorted()).toEqual([
    "background begins",
    "background ends",
    "request begins",
    "request ends",
  ]);
  const [asked, run] = told.ended;
  expect(run).toMatchObject({ ending: { event: "background", status: undefined, outcome: "completed" } });
  expect(run?.facts).not.toBe(asked?.facts);
  expect(run?.facts.begunBy).toBe(asked?.facts);
  expect(run?.facts.response).toBe(reply.json().id);
});

test("a background response that was refused, since too many run, neither begins nor ends", async () => {
  const gate = createGate();
  answer = async function* () {
    await gate.promise;
    yield* textAnswer("Hello");
  };
  const input = { model: "DeepSeek-V3.2", input: "hi", background: true };
  const replies = await Promise.all(
    Array.from({ length: 101 }, () => post(`${edge.url}/v1/responses`, input)),
  );
  expect(replies.filter(({ status }) => status === 503).length).toBe(1);
  gate.open();
  await told.until(201);
  expect(told.words.filter((words) => words === "background begins").length).toBe(100);
  expect(told.words.filter((words) => words === "background ends").length).toBe(100);
});
