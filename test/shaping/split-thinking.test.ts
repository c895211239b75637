import { readFileSync } from "node:fs";

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { Block } from "../../src/model/collect.ts";
import { splitThinking } from "../../src/shaping/split-thinking.ts";
import { omitsOpeningTag, thinkingTags } from "../../src/shaping/thinking-tags.ts";
import { cutAt, everyCut } from "../support/cuts.ts";
import { blockEvents, blocksOf, reasonOf, run, textEvents, textOf } from "../support/shape.ts";

function split(deltas: readonly string[], mayOmitOpening = false): readonly Block[] {
  return blocksOf(run(splitThinking({ mayOmitOpening }), textEvents(deltas)));
}

const text = (value: string): Block => ({ kind: "text", text: value });
const reasoning = (value: string): Block => ({ kind: "reasoning", text: value });

/** The `0:` parts of a recorded reply. */
function recordedDeltas(name: string): string[] {
  const bytes = readFileSync(new URL(`../fixtures/shaping/${name}.http`, import.meta.url), "utf8");
  return bytes
    .split("\n")
    .filter((line) => line.startsWith("0:"))
    .map((line): string => JSON.parse(line.slice(2)));
}

describe("recorded replies", () => {
  test.each<[string, Block[]]>([
    ["547-b-ds32", [reasoning('Let me think "hard"\nabout it.'), text("The answer.")]],
    ["670-b-reason-interleaved", [text("A "), reasoning("late thought"), text("B")]],
    ["672-b-reason-same-chunk", [reasoning("R"), text("C")]],
    ["674-b-reason-unicode", [reasoning('a\u2028b "q" \n </think> c'), text("done")]],
    ["112-chat-think", [reasoning("Let me think about it."), text("The answer.")]],
  ])("%s", (name, blocks) => {
    expect(split(recordedDeltas(name))).toEqual(blocks);
  });

  test("113-chat-think-unfinished stays reasoning", () => {
    const blocks = split(recordedDeltas("113-chat-think-unfinished"));
    expect(blocks.map((block) => block.kind)).toEqual(["reasoning"]);
  });
});

const cases: [name: string, whole: string, blocks: Block[]][] = [
  ["plain text", "Just an answer, 1 < 2.", [text("Just an answer, 1 < 2.")]],
  ["a block and an answer", "<think>\nhm\n</think>\n\nYes.", [reasoning("hm"), text("Yes.")]],
  ["tags without line breaks", "<think>hm</think>Yes.", [reasoning("hm"), text("Yes.")]],
  ["blanks before the tag", "\n \n<think>\nhm\n</think>\n\nYes.", [reasoning("hm"), text("Yes.")]],
  [
    "two blocks in a row",
    "<think>a</think>\n\n<think>b</think>\n\nc",
    [reasoning("a"), reasoning("b"), text("c")],
  ],
  ["an empty block", "<think>\n\n</think>\n\nYes.", [text("Yes.")]],
  ["an unclosed block", "<think>\nhm, </thin", [reasoning("hm, </thin")]],
  ["nothing behind the block", "<think>\nhm\n</think>\n\n", [reasoning("hm")]],
  ["a block in mid-answer", "A <think>\nlate\n</think>\n\nB", [text("A "), reasoning("late"), text("B")]],
  ["an indented answer", "<think>\na\n</think>\n\n    code", [reasoning("a"), text("    code")]],
  ["breaks inside reasoning", "<think>\na\n\nb\n</think>\n\nc", [reasoning("a\n\nb"), text("c")]],
  ["prose about the tag", "Use <think> and </think> tags.", [text("Use <think> and </think> tags.")]],
  ["the tag in backticks", "The `<think>\n` tag", [text("The `<think>\n` tag")]],
  ["look-alikes", "<thinker> <think1>\n <th", [text("<thinker> <think1>\n <th")]],
  ["a lone closing tag", "a </think> b", [text("a </think> b")]],
  [
    "a tag in a code fence",
    "See:\n```xml\n<think>\nx\n</think>\n```\nDone <think>\ny\n</think>\n\nz",
    [text("See:\n```xml\n<think>\nx\n</think>\n```\nDone "), reasoning("y"), text("z")],
  ],
  [
    "a longer fence around a shorter",
    "````\n```\n<think>\n```\n````\n",
    [text("````\n```\n<think>\n```\n````\n")],
  ],
  ...thinkingTags.map((tag): [string, string, Block[]] => [
    `a block of ${tag.open}`,
    `${tag.open}\na </b> [c]\n${tag.close[0]}\n\nYes.`,
    [reasoning("a </b> [c]"), text("Yes.")],
  ]),
  ...thinkingTags
    .filter(({ isPhrase }) => isPhrase !== true)
    .map(({ open, close: [close = ""] }): [string, string, Block[]] => [
      `blocks of ${open}, one behind another, and closing tags too many`,
      `${open}a${close}${close}${open}\nb\n${close} ${open}${close}Yes.`,
      [reasoning("a"), reasoning("b"), text("Yes.")],
    ]),
  ["another case of letters", "<THINK>a</Think>Yes.", [reasoning("a"), text("Yes.")]],
  ["an unclosed block of another tag", "<reasoning>hm </reason", [reasoning("hm </reason")]],
  ["a phrase that nothing ends", "Here is my thought process: a", [text("Here is my thought process: a")]],
  ["a token in mid-answer", "A <|channel>thought\nb\n<channel|>C", [text("A "), reasoning("b"), text("C")]],
  ["a token in code", "`<|channel>thought` is\n", [text("`<|channel>thought` is\n")]],
  ["other tags in mid-answer", "A <thinking>\nb</thinking>", [text("A <thinking>\nb</thinking>")]],
  ["a closing tag first", "</think>\n\nYes.", [text("Yes.")]],
  ["a closing tag twice", "<think>a</think></think>\n</think>Yes.", [reasoning("a"), text("Yes.")]],
  [
    "a leaked header first",
    "<|im_start|>assistant\n<think>a</think>b",
    [text("<|im_start|>assistant"), reasoning("a"), text("b")],
  ],
  ["only blanks", " \n", [text(" \n")]],
  ["nothing", "", []],
];

test("inserted reasoning may hold a closing tag, also when pieces were joined on the way", () => {
  const blocks = [text("A "), reasoning("x </think> y"), text("B")];
  expect(split(["A <think>\nx </think> y\n</think>\n\nB"])).toEqual(blocks);
  expect(split(["A ", "<think>\nx </think> y\n</think>\n\n", "B"], true)).toEqual(blocks);
});

describe.each(cases)("%s", (_name, whole, blocks) => {
  test("is the same whatever the cut", () => {
    for (const deltas of everyCut(whole)) expect(split(deltas)).toEqual(blocks);
  });
});

const omitting: [name: string, whole: string, blocks: Block[]][] = [
  [
    "reasoning without its opening tag",
    "Let me see.\n</think>\n\nYes.",
    [reasoning("Let me see."), text("Yes.")],
  ],
  ["the same with a tag behind a full stop", "See.</think>\n\nYes.", [reasoning("See."), text("Yes.")]],
  ["nothing behind the tag", "Let me see.\n</think>", [reasoning("Let me see.")]],
  ["a whole block", "<think>\na\n</think>\n\nb", [reasoning("a"), text("b")]],
  ["no tag at all", "Just an answer.", [text("Just an answer.")]],
  ["prose about the tag", "The </think> tag ends it.", [text("The </think> tag ends it.")]],
  ["a block in mid-answer", "A <think>\nb\n</think>\n\nC", [text("A "), reasoning("b"), text("C")]],
  ["no line breaks", "Let me see.</think>Yes.", [reasoning("Let me see."), text("Yes.")]],
  ["blanks around the tag", "Let me see </think> Yes.", [reasoning("Let me see "), text(" Yes.")]],
  [
    "the tag in code",
    "Use `</think>`, or\n```\n</think>\n```\n",
    [text("Use `</think>`, or\n```\n</think>\n```\n")],
  ],
  ["the tag in quotes", 'Use "</think>".', [text('Use "</think>".')]],
  ["the tag before a comma", "Use </think>, then go on.", [text("Use </think>, then go on.")]],
  ["a tag of another family", "Let me see.[/THINK]Yes.", [reasoning("Let me see."), text("Yes.")]],
  ["a closing tag first", "\n</think>\nYes.", [text("Yes.")]],
];

test("the common closing tag ends thinking of another name, too", () => {
  for (const open of ["<thinking>", "<thought>", "<reasoning>"])
    expect(split([`${open}a</think>C`])).toEqual([reasoning("a"), text("C")]);
});

test("a tag in mid-answer has line breaks of Windows, too", () => {
  for (const deltas of everyCut("One.\r\n<think>\r\nb\r\n</think>\r\nTwo."))
    expect(split(deltas).map(({ kind }) => kind)).toEqual(["text", "reasoning", "text"]);
});

describe("an answer that ends with a lone closing tag", () => {
  const whole = "It is sunny.\n</think>\n";

  test("is the answer where nothing else can be one", () => {
    const options = { mayOmitOpening: true, isAlone: true };
    for (const deltas of everyCut(whole))
      expect(textOf(run(splitThinking(options), textEvents(deltas))).trim()).toBe("It is sunny.");
  });

  test("is thinking where it can be asked for again", () => {
    for (const deltas of everyCut(whole)) expect(split(deltas, true)).toEqual([reasoning("It is sunny.")]);
  });
});

test("what begins as no thinking does is not waited for", () => {
  for (const beginning of ["{", "<tool_call>", "```json", "[1"]) {
    const given = run(splitThinking({ mayOmitOpening: true }), textEvents([beginning, "x"]).slice(0, -2));
    expect(textOf(given)).toBe(`${beginning}x`);
  }
});

const inJson = { mayOmitOpening: true, endsInJson: true };

describe("an answer that is JSON", () => {
  test.each([
    ['<think>\nI decide.\n{"a": 1}', '{"a": 1}'],
    ['<think>\n{"b": 2} or\n[\n{"a": 1}\n]\n', '[\n{"a": 1}\n]'],
    ['<think>\n```json\n{\n  "a": 1\n}\n```', '{\n  "a": 1\n}'],
    ['<think>\n{"a": 1}', '{"a": 1}'],
    ['<think>\n{"b": 2}\n</think>\n\n{"a": 1}', '{"a": 1}'],
  ])("%j ends thinking that nothing closed", (whole, json) => {
    for (const deltas of everyCut(whole))
      expect(textOf(run(splitThinking(inJson), textEvents(deltas)))).toBe(json);
  });

  test.each(['<think>\n{"a": 1}\nNo.', '<think>\n{"a": 1}\n</think>\n', "<think>\nx}"])(
    "%j has none",
    (whole) => {
      expect(textOf(run(splitThinking(inJson), textEvents([whole])))).toBe("");
    },
  );

  test("is not waited for once a line begins as JSON or code does, where it is streamed", () => {
    const streamed = { ...inJson, untilJson: true };
    for (const beginning of ['Sure {"no": 1}:\n{"a"', "Sure:\n ```json\n", "**Sure:**\n\n["]) {
      for (const deltas of everyCut(beginning))
        expect(textOf(run(splitThinking(streamed), textEvents(deltas).slice(0, -2)))).toBe(beginning);
    }
    expect(
      textOf(run(splitThinking(streamed), textEvents(['Perhaps {"a": 1}\n`x` it is.</think>\n{"a": 2}']))),
    ).toBe('{"a": 2}');
  });

  test.each(['I see.\nPerhaps:\n{"a": 1}\nNo.', 'Perhaps\n{"a": 1}\nNo.', 'I see.\n```json\n{"a": 1}\n```'])(
    "streamed, is waited for where more than a line that leads to it stands before: %j",
    (thought) => {
      const streamed = splitThinking({ ...inJson, untilJson: true });
      expect(textOf(run(streamed, textEvents([thought, '\n</think>\n\n{"a": 2}'])))).toBe('{"a": 2}');
    },
  );

  test("is not taken of thinking that was cut", () => {
    const events = textEvents(['<think>\n{"a": 1}'], { kind: "length" });
    expect(textOf(run(splitThinking(inJson), events))).toBe("");
  });
});

describe.each(omitting)("a model that may omit the opening tag: %s", (_name, whole, blocks) => {
  test("is the same whatever the cut", () => {
    for (const deltas of everyCut(whole)) expect(split(deltas, true)).toEqual(blocks);
  });
});

test("text passes at once, but for a tail that may be a tag", () => {
  const splitter = splitThinking({ mayOmitOpening: false });
  const [start, open] = textEvents(["x"]);
  run(splitter, [start!]);
  splitter.push(open!);
  const given = (delta: string) =>
    splitter
      .push({ type: "block-delta", index: 0, text: delta })
      .flatMap((event) => (event.type === "block-delta" ? [event.text] : []))
      .join("");
  expect(given("Hello <")).toBe("Hello ");
  expect(given("thin")).toBe("");
  expect(given("gs")).toBe("<things");
  expect(given(" <callback>")).toBe(" <callback>");
});

test("what is held comes out when the upstream fails", () => {
  const splitter = splitThinking({ mayOmitOpening: false });
  const events = textEvents(["a <thi"]).slice(0, -2);
  const out = [...events.flatMap((event) => splitter.push(event)), ...splitter.flush()];
  expect(textOf(out)).toBe("a <thi");
  expect(reasonOf(out)).toBeUndefined();
});

test("native reasoning and tool calls pass", () => {
  const blocks: Block[] = [
    reasoning("native"),
    text("ok "),
    { kind: "tool-call", callId: "call_1", name: "f", arguments: '{"a":"<think>\\n"}' },
    text("end"),
  ];
  for (const mayOmitOpening of [false, true]) {
    expect(blocksOf(run(splitThinking({ mayOmitOpening }), blockEvents(blocks)))).toEqual(blocks);
  }
});

/** What no rule about tags and blanks may remove. */
const squeeze = (value: string) => value.replace(/[^a`]/g, "");

test("no text is lost, whatever it is and however it is cut", () => {
  const piece = fc.constantFrom("<think>", "</think>", "\n", "a", "```\n", "<", "`", " ", "think>", "/");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 25 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (pieces, places) => {
        const whole = pieces.join("");
        const blocks = split(cutAt(whole, places));
        const all = blocks.map((block) => ("text" in block ? block.text : "")).join("");
        expect(squeeze(all)).toBe(squeeze(whole));
      },
    ),
    { numRuns: 400 },
  );
});

test("the cut never matters, but for a closing tag inside of inserted reasoning", () => {
  const piece = fc.constantFrom("<think>", "</think>", "\n", "a", "```\n", "<", "`", " ", "/");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 25 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      fc.boolean(),
      (pieces, places, omit) => {
        const whole = pieces.join("");
        const single = whole.split("");
        fc.pre(whole.split("</think>").length <= 2);
        expect(split(cutAt(whole, places), omit)).toEqual(split(single, omit));
      },
    ),
    { numRuns: 400 },
  );
});

test("a held answer of many pieces takes linear time", () => {
  const pieces = Array.from({ length: 100_000 }, () => "some word ");
  expect(textOf(run(splitThinking({ mayOmitOpening: true }), textEvents(pieces)))).toHaveLength(1_000_000);
});

test.each([
  ["DeepSeek-R1-0528", true],
  ["Qwen-QwQ-32B", true],
  ["Qwen3-235B-A22B-Thinking-2507-FP8", true],
  ["DeepSeek-V3.1", true],
  ["Qwen/Qwen3.6-35B-A3B", true],
  ["zai-org/GLM-4.6", true],
  ["zai-org/GLM-5-FP8", true],
  ["MiniMaxAI/MiniMax-M2.5", true],
  ["nvidia/NVIDIA-Nemotron-3-Super-120B-A12B", true],
  ["moonshotai/Kimi-K2.6", true],
  ["moonshotai/Kimi-K2-Instruct", false],
  ["Qwen3-235B-A22B-Instruct-2507-FP8", false],
  ["zai-org/GLM-4.5-Air", false],
  ["DeepSeek-V3.2", false],
  ["Meta-Llama-3-3-70B-Instruct", false],
])("%s omits the opening tag: %s", (model, expected) => {
  expect(omitsOpeningTag(model)).toBe(expected);
});

test("blanks without end are passed on as they come", () => {
  const shaper = splitThinking({ mayOmitOpening: false });
  const given = run(shaper, textEvents(Array.from({ length: 2000 }, () => "\n")));
  expect(given.filter((event) => event.type === "block-delta").length).toBeGreaterThan(900);
  expect(split(["\n".repeat(2000), "<think>a</think>"])).toEqual([
    text(`${"\n".repeat(2000)}<think>a</think>`),
  ]);
});

const words = (value: string): Block => ({ kind: "text", text: value });
const thought = (value: string): Block => ({ kind: "reasoning", text: value });

describe("an upstream that tells thinking from text itself", () => {
  const call: Block = { kind: "tool-call", callId: "c", name: "f", arguments: '{"a":"<think>\\n"}' };

  test.each<[string, readonly Block[], readonly Block[]]>([
    ["no tag", [thought("Hm."), words("Hi.")], [thought("Hm."), words("Hi.")]],
    ["the closing tag", [thought("Hm."), words("</think>\n\nHi.")], [thought("Hm."), words("Hi.")]],
    ["the opening tag", [words("<think>\n"), thought("Hm."), words("Hi.")], [thought("Hm."), words("Hi.")]],
    [
      "both tags",
      [words("<think>\n"), thought("Hm."), words("\n</think>\n\nHi.")],
      [thought("Hm."), words("Hi.")],
    ],
    [
      "a part of the thinking",
      [words("<think>\nHm. "), thought("Well."), words("Hi.")],
      [thought("Hm. Well."), words("Hi.")],
    ],
    [
      "thinking before a call, which nothing closes",
      [words("<think>\nHm."), call, words("Done.")],
      [thought("Hm."), call, words("Done.")],
    ],
    [
      "a block of its own behind native thinking",
      [thought("Hm."), words("<think>\nSo.\n</think>\n\nHi."), call],
      [thought("Hm.So."), words("Hi."), call],
    ],
  ])("may leave %s in the text", (_, blocks, expected) => {
    for (const mayOmitOpening of [false, true])
      expect(blocksOf(run(splitThinking({ mayOmitOpening }), blockEvents(blocks)))).toEqual(expected);
  });

  test("may take an answer of JSON for thinking", () => {
    const options = { mayOmitOpening: true, endsInJson: true };
    const shaped = (blocks: readonly Block[]) => textOf(run(splitThinking(options), blockEvents(blocks)));
    expect(shaped([thought('So:\n{"a": 1}')])).toBe('{"a": 1}');
    expect(shaped([thought('So:\n{"a": 1}'), words("\n")]).trim()).toBe('{"a": 1}');
    expect(shaped([thought('So:\n{"a": 1}'), words('{"a": 2}')])).toBe('{"a": 2}');
    expect(shaped([thought('So:\n{"a": 1}'), call])).toBe("");
  });
});
