import { heldSuffix } from "./held-suffix.ts";

/** How models mark their thinking in the text. */
export interface ThinkingTag {
  readonly open: string;
  /** What ends it; the first is the usual one. */
  readonly close: readonly string[];
  /** Consists of tokens that no prose has outside of code: counts in mid-answer, too. */
  readonly isToken?: true;
  /** Words that an answer may begin with: they count only once the closing words have come. */
  readonly isPhrase?: true;
}

const granite = ["Here is my response:", "Here's my response:"];

/** The tag of most models, and of servers that put thinking into the text; its rules are in `splitThinking`. */
export const commonTag: ThinkingTag = { open: "<think>", close: ["</think>"] };

/**
 * The tags of all families. They count at the beginning of an answer or behind an earlier block, in any case of
 * letters. No tag is the beginning of another.
 */
export const thinkingTags: readonly ThinkingTag[] = [
  commonTag,
  // What models write that learned from others' answers, and EXAONE Deep (`thought`).
  { open: "<thinking>", close: ["</thinking>", "</think>"] },
  { open: "<thought>", close: ["</thought>", "</think>"] },
  { open: "<reasoning>", close: ["</reasoning>", "</think>"] },
  // Seed-OSS, MiniMax M3, LongCat.
  { open: "<seed:think>", close: ["</seed:think>"] },
  { open: "<mm:think>", close: ["</mm:think>"] },
  { open: "<longcat_think>", close: ["</longcat_think>"] },
  // Magistral.
  { open: "[THINK]", close: ["[/THINK]"] },
  // Kimi 1.5 and Kimi-VL.
  { open: "◁think▷", close: ["◁/think▷"] },
  // Kimi K3.
  { open: "<|open|>think<|sep|>", close: ["<|close|>think<|sep|>"], isToken: true },
  // Command A and R7B.
  { open: "<|START_THINKING|>", close: ["<|END_THINKING|>"], isToken: true },
  // Gemma 4; MedGemma.
  { open: "<|channel>thought", close: ["<channel|>"], isToken: true },
  { open: "<unused94>thought", close: ["<unused95>"], isToken: true },
  // OpenThinker and Sky-T1.
  { open: "<|begin_of_thought|>", close: ["<|end_of_thought|>"], isToken: true },
  // Apertus.
  { open: "<|inner_prefix|>", close: ["<|inner_suffix|>"], isToken: true },
  // Granite 3.2 and 3.3.
  { open: "Here is my thought process:", close: granite, isPhrase: true },
  { open: "Here's my thought process:", close: granite, isPhrase: true },
];

/** What ends thinking, but for phrases: where one stands that nothing opened, thinking may stand before it. */
export const thinkingClosers: readonly string[] = thinkingTags.flatMap(({ close, isPhrase }) =>
  isPhrase === true ? [] : close,
);

/** Finds what ends a block of thinking, in any case of letters. */
export interface BlockEnds {
  /** Where the first one stands; `undefined` if none does. */
  find(text: string): { readonly at: number; readonly length: number } | undefined;
  /** How many units at the end of `text` may be the beginning of one, or of the line break before it. */
  held(text: string): number;
}

function createBlockEnds({ close }: ThinkingTag): BlockEnds {
  const escaped = close.map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  const pattern = new RegExp(escaped.join("|"), "i");
  const small = close.map((one) => one.toLowerCase());
  const words = [...small, ...small.map((one) => `\n${one}`)];
  const longest = Math.max(...words.map((word) => word.length));
  return {
    find(text) {
      const found = pattern.exec(text);
      return found === null ? undefined : { at: found.index, length: found[0].length };
    },
    held: (text) => heldSuffix(text.slice(-longest).toLowerCase(), words),
  };
}

const preparedEnds: ReadonlyMap<ThinkingTag, BlockEnds> = new Map(
  thinkingTags.map((tag) => [tag, createBlockEnds(tag)]),
);

/** What ends the blocks that a tag opens. */
export function blockEnds(tag: ThinkingTag): BlockEnds {
  return preparedEnds.get(tag) ?? createBlockEnds(tag);
}

/** Families whose templates open the thinking in the prompt, so that the answer has only its end. */
const omitting = new RegExp(
  [
    "deepseek-?r1|qwq",
    String.raw`deepseek-?v3[.-]1`,
    "thinking",
    String.raw`qwen-?(3\.[5-9]|[4-9])`,
    String.raw`glm-?(4\.[6-9]|[5-9])`,
    "minimax-?m[2-9]",
    "nemotron-?3",
    String.raw`kimi-?k(2\.[5-9]|[3-9])`,
  ].join("|"),
  "i",
);

/** Whether a model is of a family that is known to leave out the opening tag. */
export function omitsOpeningTag(model: string): boolean {
  return omitting.test(model) && !/instruct|non-?thinking|no-?think/i.test(model);
}

/** Whether a model writes gpt-oss' harmony. */
export function writesHarmony(model: string): boolean {
  return /gpt-?oss/i.test(model);
}
