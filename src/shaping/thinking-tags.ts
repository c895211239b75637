import { fold } from "./tools/text-reader.ts";

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

/** The tag of most models, and of Akash Chat itself; its rules are in `splitThinking`. */
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

/** A pattern that finds any of some texts, in any case of letters. Stateful: for one reader. */
export function anyOf(texts: readonly string[]): RegExp {
  return new RegExp(
    texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)).join("|"),
    "gi",
  );
}

/**
 * Whether `text` begins with `mark`, in any case of letters; `undefined` if it ends before that can be told. The bar and
 * the blank of DeepSeek's tokens count as `|` and `_`.
 */
export function beginsWith(text: string, mark: string): boolean | undefined {
  const part = fold(text.slice(0, mark.length));
  if (part.toLowerCase() !== mark.slice(0, part.length).toLowerCase()) return false;
  return part.length === mark.length ? true : undefined;
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
