import { turnEndsAfterCall } from "../../turn-tokens.ts";
import type { CallSession } from "../call-session.ts";
import { argumentKeys } from "../call-shape.ts";
import type { Reading } from "../text-reader.ts";

/**
 * What stands before the names of tags in the wild: DeepSeek's DSML token (bars fold to `|`, see `accept`; V4 doubles
 * them or leaves a blank behind them), the namespaces of Anthropic, MiniMax, Seed, Step and LongCat. Models leave them out at
 * times.
 */
const prefixes = [
  "",
  "|DSML|",
  "|DSML| ",
  "DSML|",
  "||DSML||",
  "||DSML|| ",
  "antml:",
  "minimax:",
  "seed:",
  "steptml:",
  "longcat_",
] as const;

/** What blocks of calls are called. */
export const blockNames = ["tool_call", "tool_calls", "function_call", "function_calls"] as const;
/** Names of blocks that mean a call only when a whole one is inside: prose and other markup has them, too. */
const looseBlockNames = [
  "toolcall",
  "toolcalls",
  "tool-call",
  "function-call",
  "tools",
  "tool_code",
  "execute_tool",
  "functioncall",
  "tool_use",
  "use_mcp_tool",
] as const;
/** Tokens that open such a block: Granite's and Phi-4's, LFM2's, Command's, InternLM's, Apertus', those that LM Studio teaches. */
export const tokenBlockOpenings = [
  "<|tool_call|>",
  "<|function_call|>",
  "<|tool_call_start|>",
  "<|START_ACTION|>",
  "<|action_start|><|plugin|>",
  "<|tools_prefix|>",
  "[TOOL_REQUEST]",
] as const;

/** Every spelling of a tag: `</` + prefix + name + `>`. Case does not count where they are compared. */
export function tags(open: "<" | "</", names: readonly string[], close: string): readonly string[] {
  return prefixes.flatMap((prefix) => names.map((name) => `${open}${prefix}${name}${close}`));
}

/** Openings of a block that holds calls, in every spelling. */
export const blockOpenings = tags("<", blockNames, ">");
/** The same up to the blank before their attributes. */
export const blockOpeningsWithAttributes = tags("<", blockNames, " ");
/** Openings of blocks in which the first sign must show that it is a call: Nemotron's, Qwen 2.5's, those of prompts. */
export const looseBlockOpenings = [
  ...looseBlockNames.map((name) => `<${name}>`),
  "<invoke>",
  "[tool_call]",
  "[function_call]",
] as const;
/** Those that hold so much else that only JSON in them is a call. */
export const jsonBlockOpenings = ["<tool>", "<function>", "<call>"] as const;
/** The same with attributes, one of which must be a declared name. */
export const looseBlockOpeningsWithAttributes = [...looseBlockNames, "tool"].map((name) => `<${name} `);
/** Closings of such blocks. */
export const blockClosings = [
  ...tags("</", blockNames, ">"),
  ...looseBlockNames.map((name) => `</${name}>`),
  "</tool>",
  "</call>",
  "<|/function_call|>",
  "[/function_call]",
  "[END_TOOL_REQUEST]",
  "<|/tool_call|>",
  "<|/tool_calls|>",
  "<|tool_call_end|>",
  "<|END_ACTION|>",
  "<|action_end|>",
  "<|tools_suffix|>",
  "[/tool_call]",
  "[/tool_calls]",
] as const;

/** Openings of tags that hold all arguments of a call. */
export const argumentOpenings = [...argumentKeys].map((key) => `<${key}>`);
/** Their closings. */
export const argumentClosings = [...argumentKeys].map((key) => `</${key}>`);

/** The spellings of DeepSeek's tokens: with `_`, escaped for Markdown, and with a blank. */
export function tokens(...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [
    `<|${name}|>`,
    `<|${name.replaceAll("_", String.raw`\_`)}|>`,
    `<|${name.replaceAll("_", " ")}|>`,
  ]);
}

/** Tokens around calls that come apart from the tags; after a call they are layout. */
export const tokenClosings = [
  ...tokens("tool_call_end", "tool_calls_end"),
  "<|tool_calls_section_end|>",
  "<|tool_call_section_end|>",
  "<|python_end|>",
  "<tool_call|>",
  "<end_function_call>",
  ...turnEndsAfterCall,
] as const;

/** Openings of tool results as histories have them: behind a call the model goes on to invent its results. */
export const resultOpenings = [
  "<tool_response>",
  "<tool_response ",
  "<tool_response_",
  "<tool_result>",
  "<tool_result ",
  ...tags("<", ["function_result", "function_results"], ">"),
  "<|tool_outputs_begin|>",
  "<|tool_output_begin|>",
  "<|tool_response>",
  "<|observation|>",
  "<|START_TOOL_RESULT|>",
  "[TOOL_RESULTS]",
  "<start_function_response>",
] as const;

/** Reads a closing markup that may be missing. White space before it goes with it; otherwise it becomes text again. */
export function* readClosing(session: CallSession, closings: readonly string[]): Reading<void> {
  yield* session.reader.space();
  yield* session.reader.accept(closings);
}

/**
 * Reads what is around the parts of a call: white space, and line breaks that were written as a backslash and an `n`
 * where tags follow them.
 */
export function* readSpace({ reader }: CallSession): Reading<void> {
  do yield* reader.space();
  while ((yield* reader.accept(["\\n"])) !== undefined);
}

/**
 * Whether a brace begins JSON with a key in quotes, or an empty object, rather than code or a placeholder; the object may be
 * encoded as a string. Reads nothing.
 */
export function* seesObject({ reader }: CallSession): Reading<boolean> {
  for (let length = 2; ; length += 1) {
    const text = yield* reader.peek(length);
    if (/^"?\{\s*\\?["'}]/.test(text)) return true;
    if (text.length < length || length > mostLayout || !/^"?\{?\s*\\?$/.test(text)) return false;
  }
}

/** More white space than that in front of a key is none that lays out. */
const mostLayout = 200;

/** What names of tools are made of where no quote ends them. */
export const nameSign = /[\p{L}\p{M}\p{N}_.:/-]/uy;

/** Reads the first line of a code fence that models put around JSON inside their own markup. */
export function* readFence(session: CallSession): Reading<boolean> {
  const { reader } = session;
  if ((yield* reader.accept(["```"])) === undefined) return false;
  yield* reader.while(/[\w-]/y, 16);
  yield* reader.space();
  return true;
}

/** Reads up to the `>` of an opening tag; `undefined` if there is none where one could be. */
export function* readAttributes({ reader }: CallSession): Reading<string | undefined> {
  const attributes = yield* reader.while(/[^<>\n]/y, 300);
  return (yield* reader.accept([">"])) === undefined ? undefined : attributes;
}

/** The value of an attribute, in quotes or without. */
export function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(String.raw`(?:^|\s)${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`).exec(
    attributes,
  );
  return match?.[1] ?? match?.[2] ?? match?.[3];
}
