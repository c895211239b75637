import type { CallSession } from "../call-session.ts";
import type { Reading } from "../text-reader.ts";

/**
 * What stands before the names of tags in the wild: DeepSeek V3.2's DSML token (bars fold to `|`, see `accept`),
 * Anthropic's and MiniMax's namespaces. Models leave them out at times.
 */
const prefixes = ["", "|DSML|", "antml:", "minimax:"] as const;

const blockNames = ["tool_call", "tool_calls", "function_call", "function_calls"] as const;

/** Every spelling of a tag: `</` + prefix + name + `>`. */
export function tags(open: "<" | "</", names: readonly string[], close: string): readonly string[] {
  return prefixes.flatMap((prefix) => names.map((name) => `${open}${prefix}${name}${close}`));
}

/** Openings of a block that holds calls, in every spelling. */
export const blockOpenings = tags("<", blockNames, ">");
/** The same up to the blank before their attributes. */
export const blockOpeningsWithAttributes = tags("<", blockNames, " ");
/** Closings of such a block. */
export const blockClosings = tags("</", blockNames, ">");

/** Tokens around calls that come apart from the tags; after a call they are layout. */
export const tokenClosings = [
  "<|tool_calls_end|>",
  "<|tool_call_end|>",
  "<|tool_calls_section_end|>",
  "<|tool_call_section_end|>",
  "<|python_end|>",
  "<|eom_id|>",
  "<|eot_id|>",
  "<|im_end|>",
] as const;

/** Reads a closing markup that may be missing. White space before it goes with it; otherwise it becomes text again. */
export function* readClosing(session: CallSession, closings: readonly string[]): Reading<void> {
  yield* session.reader.space();
  yield* session.reader.accept(closings);
}

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
