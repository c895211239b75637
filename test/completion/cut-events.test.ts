import { array, assert, boolean, constantFrom, integer, oneof, property } from "fast-check";
import { describe, expect, test } from "vitest";

import { createChain } from "../../src/completion/create-chain.ts";
import { cutEvents, isLong, joinDeltas } from "../../src/completion/cut-events.ts";
import type { ChatEvent } from "../../src/model/events.ts";
import type { Shaper } from "../../src/shaping/shaper.ts";
import { limitTokens } from "../../src/shaping/limit-tokens.ts";
import { splitThinking } from "../../src/shaping/split-thinking.ts";
import { stopAtSequences } from "../../src/shaping/stop-at-sequences.ts";
import { createToolCallShaper } from "../../src/shaping/tools/index.ts";
import { answerEvents, shaperOptions } from "../shaping/tools/answer.ts";

const delta = (text: string): ChatEvent => ({ type: "block-delta", index: 0, text });
const textOf = (event: ChatEvent) => (event.type === "block-delta" ? event.text : "");
const lengths = (events: readonly ChatEvent[]) =>
  [...cutEvents(events)].map((part) => [part.events.map((event) => textOf(event).length), part.more]);

describe("a batch", () => {
  test("is long when all its text together is", () => {
    expect(isLong([delta("a".repeat(4096))])).toBe(false);
    expect(isLong([delta("a".repeat(4000)), delta("a".repeat(97))])).toBe(true);
  });

  test("is cut between its deltas where that does, and a delta only where it is too long", () => {
    const texts = [10, 4090, 3, 9000, 1].map((length) => delta("a".repeat(length)));
    expect(lengths(texts)).toEqual([
      [[10], false],
      [[4090, 3], false],
      [[4096], true],
      [[4096], true],
      [[808], false],
      [[1], false],
    ]);
  });

  test("is never cut between the halves of a character", () => {
    const parts = [...cutEvents([delta(`a${"🌧️".repeat(3000)}`)])];
    for (const { events } of parts) expect(events.map(textOf).join("")).not.toMatch(/\p{Surrogate}/u);
    expect(joinDeltas(parts.flatMap(({ events }) => events))).toEqual([delta(`a${"🌧️".repeat(3000)}`)]);
  });
});

function createShapers(mayOmitOpening: boolean, limit: number): readonly Shaper[] {
  const splitter = splitThinking({ mayOmitOpening });
  const limiter = limitTokens({ limit, model: "m" });
  return [
    ...(mayOmitOpening ? [limiter, splitter] : [splitter, limiter]),
    createToolCallShaper(shaperOptions()),
    stopAtSequences(["END"]),
  ];
}

/** What the shapers make of a batch if each reads all of it at once. */
function readAtOnce(shapers: readonly Shaper[], events: readonly ChatEvent[]): readonly ChatEvent[] {
  return shapers.reduce<readonly ChatEvent[]>((current, shaper) => shaper.pushAll?.(current) ?? [], events);
}

/** What the chain of them makes of it, and how much text there is in its longest step. */
function readInSteps(shapers: readonly Shaper[], events: readonly ChatEvent[]) {
  const result = createChain(shapers).push(events);
  const steps = "next" in result ? [...result] : [result];
  const lengthsOf = steps.map((step) => step.map(textOf).join("").length);
  return { out: steps.flat(), count: steps.length, longest: Math.max(...lengthsOf) };
}

test("what is read in parts comes out as if it were read at once", () => {
  const piece = oneof(
    constantFrom("<think>\n", "\n</think>\n\n", "</think>", "END", "`", "```\n", "<tool_call>", "🌧️"),
    constantFrom('{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>', "E"),
    integer({ min: 1, max: 9000 }).map((length) => "it rains ".repeat(length / 9)),
  );
  const text = array(
    array(piece, { maxLength: 6 }).map((all) => all.join("")),
    { maxLength: 4 },
  );
  const limits = constantFrom(1_000_000, 1500);
  const cases = property(text, boolean(), limits, (pieces, mayOmitOpening, limit) => {
    const events = answerEvents({ pieces });
    const { out } = readInSteps(createShapers(mayOmitOpening, limit), events);
    expect(joinDeltas(out)).toEqual(joinDeltas(readAtOnce(createShapers(mayOmitOpening, limit), events)));
  });
  assert(cases, { numRuns: 300, seed: 1 });
});

const long = "it rains ".repeat(10_000);
const longest = 4096 + 200;

test("what is read is cut anew for each reader, so that no step is long", () => {
  const steps = readInSteps(createShapers(false, 1_000_000), answerEvents({ pieces: [long] }));
  expect(steps.count).toBeGreaterThan(20);
  expect(steps.longest).toBeLessThan(longest);
});

test("what was held and comes out with a short batch is read in steps, too", () => {
  const chain = createChain(createShapers(true, 1_000_000));
  const events = answerEvents({ pieces: [long, "</think>\n"] });
  expect([...chain.push(events.slice(0, 3))].flat()).toEqual([]);
  const steps = chain.push(events.slice(3));
  expect("next" in steps).toBe(true);
  expect([...steps].flat().length).toBeGreaterThan(20);
});

test("a short batch is read at once", () => {
  const chain = createChain(createShapers(false, 1_000_000));
  expect("next" in chain.push(answerEvents({ pieces: ["it rains"] }))).toBe(false);
});
