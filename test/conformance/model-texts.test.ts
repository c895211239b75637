import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startStack, type Stack } from "../support/start-stack.ts";
import {
  deliver,
  deliveries,
  modelTexts,
  nameOf,
  type ModelText,
  type Outcome,
} from "./support/model-texts.ts";

/** Texts that come out otherwise, by their ids, and why. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ["r26", "without its tokens Gemma's thinking begins with a word that an answer may begin with, too"],
]);
const leastRight = 0.96;

let stack: Stack;
beforeAll(async () => {
  const models = [...new Set(modelTexts.map(({ model }) => model))].map((id) => ({ id }));
  stack = await startStack({ simulator: { models, script: () => ({ text: "" }) } });
});
afterAll(() => stack.close());

/** What a client gets, as far as the text says what it must be. */
function relevant({ expect: wanted, schema }: ModelText, outcome: Outcome): object {
  if (schema !== undefined) return { value: parsed(outcome), error: outcome.error };
  const { calls, content, reasoning, finish, error } = outcome;
  return {
    calls,
    content: content.trim(),
    ...(wanted.reasoning === undefined ? {} : { reasoning: reasoning.trim() }),
    finish,
    error,
  };
}

function wantedOf({ expect: { calls, content, reasoning, finish, value }, schema }: ModelText): object {
  if (schema !== undefined) return { value, error: undefined };
  return {
    calls,
    content: content?.trim(),
    ...(reasoning === undefined ? {} : { reasoning: reasoning.trim() }),
    finish,
    error: undefined,
  };
}

function parsed({ content }: Outcome): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    return `not JSON: ${content}`;
  }
}

/** An agent takes this for "done", though the model wanted to call a tool. */
function endsSilently({ expect: { calls = [] } }: ModelText, outcome: Outcome): boolean {
  const { status, error, asked, finish } = outcome;
  const isPlainEnd = status === 200 && error === undefined && asked === 1 && finish === "stop";
  return calls.length > 0 && outcome.calls.length === 0 && isPlainEnd;
}

async function deliverAll(text: ModelText): Promise<readonly (readonly [name: string, Outcome])[]> {
  const outcomes: [string, Outcome][] = [];
  for (const delivery of deliveries) outcomes.push([nameOf(delivery), await deliver(stack, text, delivery)]);
  return outcomes;
}

const kinds = [...new Set(modelTexts.map(({ kind }) => kind))];

describe.each(kinds)("%s", (kind) => {
  const texts = modelTexts.filter((text) => text.kind === kind);

  test.each(texts.filter(({ id }) => !exceptions.has(id)))("$id ($family): $text", async (text) => {
    for (const [name, outcome] of await deliverAll(text)) {
      expect(relevant(text, outcome), name).toEqual(wantedOf(text));
    }
  });
});

describe("what comes out otherwise", () => {
  test.each([...exceptions])("%s is never silent, and still wrong: %s", async (id) => {
    const text = modelTexts.find((one) => one.id === id);
    if (text === undefined) throw new Error(`There is no text ${id}.`);
    const outcomes = await deliverAll(text);
    for (const [name, outcome] of outcomes) expect(endsSilently(text, outcome), name).toBe(false);
    const isRight = outcomes.every(([, one]) => isDeepStrictEqual(relevant(text, one), wantedOf(text)));
    expect(isRight, `${id} is right now: take it off the list`).toBe(false);
  });

  test("is little", () => {
    expect(modelTexts.length).toBeGreaterThan(0);
    expect(1 - exceptions.size / modelTexts.length).toBeGreaterThanOrEqual(leastRight);
  });
});
