import { array, assert, constantFrom, nat, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";
import { callMarkers, lineMarkers } from "../../../src/shaping/tools/recognisers/find-recogniser.ts";
import { layoutMarks } from "../../../src/shaping/tools/recognisers/layout.ts";
import { resultOpenings } from "../../../src/shaping/tools/recognisers/markup.ts";
import { fold } from "../../../src/shaping/tools/text-reader.ts";
import { edgeOpenings } from "../../../src/shaping/tools/recognisers/turn-edges.ts";
import { strangeHeaders } from "../../../src/shaping/turn-tokens.ts";
import { play, shaperOptions, type Answer } from "./answer.ts";

const fragments = [
  ...callMarkers,
  ...lineMarkers,
  "<｜tool▁call▁begin｜>",
  "<｜tool▁sep｜>",
  "<|tool_call_argument_begin|>",
  '<｜DSML｜parameter name="city" string="true">',
  "<arg_key>",
  "</arg_key>",
  "<arg_value>",
  "</arg_value>",
  "<parameter=city>",
  '<parameter name="city">',
  "</parameter>",
  "get_weather",
  "run_command",
  "nope",
  'name="get_weather">',
  '{"name": "get_weather", "arguments": ',
  '{"name":"run_command","parameters":',
  '{"city": "Paris"',
  '{"command":"a \\"b\\" \\d',
  '"{\\"city\\":\\"x\\"}"',
  "{'city': 'x', 'days': None}",
  "[get_weather(city='x', ",
  "analysis",
  "commentary to=functions.get_weather ",
  "final",
  "<|message|>",
  "assistant",
  '<|"|>',
  "<escape>",
  "call:get_weather{city:",
  "functions.get_weather:0",
  "[ARGS]",
  "<|sep|>",
  '<|open|>call tool="get_weather"<|sep|>',
  '<|open|>argument key="city"<|sep|>',
  "<|close|>argument<|sep|>",
  "Action: get_weather\n",
  "Action Input: ",
  "<get_weather>",
  "</get_weather>",
  "<city>",
  "</city>",
  "<name>get_weather</name>",
  "<arguments>",
  "</arguments>",
  '<param name="city">',
  "</param>",
  "<![CDATA[",
  "]]>",
  "&lt;tool_call&gt;",
  "&lt;/tool_call&gt;",
  "get_weather(city='x')",
  "<function=get_weather={",
  "```",
  "~~~",
  "`",
  "\n",
  " ",
  ",",
  '"',
  "'",
  "\\",
  "}",
  "]",
  ")",
  ":",
  ";",
  "=",
  "<",
  ">",
  "🌧️",
  "null",
  "42",
];

function isLeftOut(text: string): boolean {
  const folded = fold(text).trimStart();
  return resultOpenings.some((opening) => folded.startsWith(fold(opening))) || isOnlyClosings(folded);
}

function isOnlyClosings(folded: string): boolean {
  return folded.replaceAll(anyClosing, "").trim() === "";
}

const anyClosing = new RegExp(
  layoutMarks.map((mark) => fold(mark).replaceAll(/[\\|[\]]/g, String.raw`\$&`)).join("|"),
  "g",
);

const edgeMarks = edgeOpenings.map(([mark]) => mark);

function withoutEdges(text: string): string {
  const less = edgeMarks.reduce((rest, mark) => rest.replaceAll(mark, ""), text);
  return less === text ? text.replaceAll(/\s/g, "") : withoutEdges(less);
}

const hostile = array(
  oneof({ weight: 12, arbitrary: constantFrom(...fragments) }, string({ maxLength: 6 })),
  { maxLength: 24 },
);

test("any text: nothing throws, cuts change nothing, complete calls are JSON", () => {
  const choices = ["auto", "required"] as const;
  const cases = property(
    hostile,
    nat(),
    constantFrom("stream", "whole"),
    constantFrom("stop", "length"),
    nat(1),
    (parts, seed, argumentsMode, finish, choice) => {
      const text = parts.join("");
      const kind = choices[choice] ?? "auto";
      const outcomeOf = (pieces: readonly string[]): unknown => {
        const answer: Answer = { pieces, finish };
        try {
          return play(answer, shaperOptions({ toolChoice: { kind } }, { argumentsMode }));
        } catch (error) {
          // The one error that there is: a call had to come, and none did.
          expect(error).toMatchObject({ kind: "output-invalid" });
          return "output-invalid";
        }
      };
      const whole = outcomeOf([text]);
      expect(outcomeOf(text.split(""))).toEqual(whole);
      const cut = text.length === 0 ? 0 : seed % text.length;
      expect(outcomeOf([text.slice(0, cut), text.slice(cut)])).toEqual(whole);
      if (typeof whole === "string") return;
      const { blocks, finish: reason } = whole as ReturnType<typeof play>;
      // The parts of harmony and of Kimi K3 take their headers out, and what closes calls is left out at the end of an
      // answer, and so is what follows the results that a model invents; apart from that, text without a call is never touched.
      const hasHeaders = /<\|(?:channel|start|open)\|>/.test(text);
      if (!hasHeaders && blocks.every((block) => "text" in block)) {
        const left = blocks.map((block) => ("text" in block ? block.text : "")).join("");
        if (
          withoutEdges(left) !== withoutEdges(text) &&
          !strangeHeaders.some((header) => text.includes(header))
        )
          expect(text.startsWith(left) && isLeftOut(text.slice(left.length))).toBe(true);
      }
      for (const block of blocks) {
        if ("call" in block && reason === "tool-calls")
          expect(() => JSON.parse(block.arguments)).not.toThrow();
      }
    },
  );
  assert(cases, {
    numRuns: Number(process.env["FUZZ_RUNS"] ?? 400),
    seed: process.env["FUZZ_RUNS"] === undefined ? 1 : Date.now(),
  });
});
