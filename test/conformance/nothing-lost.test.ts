/**
 * Whatever a model writes, nothing of it gets lost: each word of a text is in the answer's text, its reasoning or the arguments of
 * a call. Texts are built of words, names of tools and the markup of all families, in any order.
 */
import { array, assert, constantFrom, nat, oneof, property } from "fast-check";
import { expect, test } from "vitest";

import { splitThinking } from "../../src/shaping/split-thinking.ts";
import { createChain } from "../../src/completion/create-chain.ts";
import { createCollector } from "../../src/model/collect.ts";
import { createToolShapers, type ArgumentsMode } from "../../src/shaping/tools/index.ts";
import { callMarkers } from "../../src/shaping/tools/recognisers/find-recogniser.ts";
import { strangeHeaders, userHeader } from "../../src/shaping/turn-tokens.ts";
import { syntaxes } from "../fixtures/tool-calls/syntaxes.ts";
import { partEvents } from "../shaping/tools/answer-chain.ts";
import { shaperOptions } from "../shaping/tools/answer.ts";

/** Stands for a word of its own in each place. Glued to a tool's name it would be its namespace. */
const word = "WORD";

const call = (name: string): string => `{"name": "${name}", "arguments": {"city": "${word}"}}`;

/** Results and turns of others that a model invents are left out on purpose, with all behind them. */
const invented: readonly string[] = [...strangeHeaders, userHeader];
const markers = callMarkers.filter(
  (marker) => !/response|result|output/i.test(marker) && !invented.includes(marker),
);

const fragments = oneof(
  { weight: 6, arbitrary: constantFrom(` ${word} `, `${word}.\n`, `\n\n${word} `, "\n", " ") },
  {
    weight: 4,
    arbitrary: constantFrom(...markers, ...markers.map((marker) => marker.replaceAll("|", "｜"))),
  },
  {
    weight: 3,
    arbitrary: constantFrom(
      ...syntaxes.map((syntax) => syntax.render([{ name: "get_weather", input: { city: word } }])),
    ),
  },
  {
    weight: 3,
    arbitrary: constantFrom(
      "get_weather",
      "run_command",
      call("get_weather"),
      call("nope"),
      `\n${call("get_weather")}`,
      `get_weather(city="${word}")`,
      `<parameter=city>${word}</parameter>`,
      `<arg_key>city</arg_key><arg_value>${word}</arg_value>`,
      "<think>\n",
      "\n</think>\n\n",
      "```\n",
      "\n```json\n",
      "`",
      "{",
      "}",
      '"',
      "    ",
      "- ",
    ),
  },
);

function wordsOf(text: string): readonly string[] {
  return text.match(/zq\d+q/g) ?? [];
}

test("no word of any text is lost", () => {
  const cases = property(
    array(fragments, { maxLength: 16 }),
    constantFrom<ArgumentsMode>("stream", "whole"),
    nat(20),
    (parts, argumentsMode, size) => {
      let count = 0;
      const text = parts.join("").replaceAll(word, () => `zq${(count += 1)}q`);
      const pieces: string[] = [];
      for (let at = 0; at < text.length; at += size + 1) pieces.push(text.slice(at, at + size + 1));
      const chain = createChain([
        splitThinking({ mayOmitOpening: false }),
        ...createToolShapers(shaperOptions({}, { argumentsMode })),
      ]);
      const collector = createCollector();
      for (const event of partEvents([{ kind: "text", pieces }])) {
        const out = chain.push([event]);
        for (const batch of "next" in out ? out : [out]) for (const one of batch) collector.push(one);
      }
      if (chain.problem() !== undefined) for (const one of chain.giveUp(true)) collector.push(one);
      const given = collector
        .result()
        .blocks.map((block) => (block.kind === "tool-call" ? block.arguments : block.text))
        .join("\n");
      const lost = wordsOf(text).filter((one) => !given.includes(one));
      if (lost.length > 0)
        expect.fail(`${lost.join(" ")} of ${JSON.stringify(text)} got lost: ${JSON.stringify(given)}`);
    },
  );
  assert(cases, {
    numRuns: Number(process.env["FUZZ_RUNS"] ?? 1000),
    seed: process.env["FUZZ_RUNS"] === undefined ? 1 : Date.now(),
  });
});
