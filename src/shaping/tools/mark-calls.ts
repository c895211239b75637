import { parseLeniently } from "../parse-leniently.ts";
import { isRecord } from "../schema/resolve-schema.ts";
import { isCallShape } from "./call-shape.ts";
import { createCallFinder } from "./create-call-finder.ts";
import { readRawValue } from "./json-value.ts";
import { createTextReader } from "./text-reader.ts";
import type { ToolDirectory } from "./tool-directory.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";

/** Whether a text consists of calls alone, each of a declared tool and with arguments that fit. */
export function isCalls(text: string, options: ToolCallShaperOptions): boolean {
  const finder = createCallFinder(options);
  finder.push(text);
  finder.end();
  return finder.found && finder.textEnd === 0;
}

const mark = (json: string): string => `<tool_call>\n${json}\n</tool_call>`;

/** Puts JSON values that are calls into tags; `undefined` if one is none, or can't be passed on. */
export function markCalls(
  values: readonly string[],
  directory: ToolDirectory,
  options: ToolCallShaperOptions,
): string | undefined {
  if (!values.every((raw) => isCallShape(parseLeniently(raw, directory.budget), directory))) return undefined;
  const marked = values.map(mark).join("\n");
  return isCalls(marked, options) ? marked : undefined;
}

/** A call that was found in a text where one had to come, and the text around it. */
export interface ForcedCall {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

/** Values that are looked at: a text has many braces, and a call one. */
const mostValues = 24;
const fenceLine = /^[ \t]*(?:```|~~~)[\w -]*$/;
const fenceBehind = /^\s*(?:```|~~~)[ \t]*(?=\n|$)/;

/**
 * Finds the call in an answer that has none, though one had to come: a JSON call in any place, or, where only one tool can be
 * called, an object that fits its schema. The last one counts: what stands before may be an example.
 */
export function findForcedCall(
  text: string,
  directory: ToolDirectory,
  options: ToolCallShaperOptions,
): ForcedCall | undefined {
  const { tools, toolChoice } = options.request;
  const only =
    toolChoice.kind === "function" ? toolChoice.name : tools.length === 1 ? tools[0]?.name : undefined;
  let found: ForcedCall | undefined;
  let from = 0;
  for (let looked = 0; looked < mostValues; looked += 1) {
    const start = text.slice(from).search(/[{[]/) + from;
    if (start < from) break;
    const raw = readValue(text.slice(start));
    // Brackets that nothing closes: what is in them is none of its own.
    if (raw === undefined) break;
    from = start + Math.max(1, raw.length);
    const marked = markCalls([raw], directory, options) ?? markArguments(raw, only, { directory, options });
    if (marked === undefined) continue;
    const before = text.slice(0, start);
    const after = text.slice(from);
    const beforeFence = fenceBehind.test(after) || after.trim() === "" ? withoutFence(before) : undefined;
    found =
      beforeFence === undefined
        ? { before, marked, after }
        : { before: beforeFence, marked, after: after.replace(fenceBehind, "") };
  }
  return found;
}

/** What stands before the fence with which a text ends; `undefined` if it ends with none. */
function withoutFence(text: string): string | undefined {
  const trimmed = text.trimEnd();
  const at = trimmed.lastIndexOf("\n");
  return fenceLine.test(trimmed.slice(at + 1)) ? trimmed.slice(0, Math.max(0, at)) : undefined;
}

/** The value with which a text begins, if it is whole. */
function readValue(text: string): string | undefined {
  const reader = createTextReader();
  reader.push(text);
  reader.end();
  const { value } = readRawValue(reader).next();
  return value?.end === "complete" ? value.raw : undefined;
}

function markArguments(
  raw: string,
  name: string | undefined,
  { directory, options }: { readonly directory: ToolDirectory; readonly options: ToolCallShaperOptions },
): string | undefined {
  if (name === undefined || !isRecord(parseLeniently(raw, directory.budget))) return undefined;
  const marked = mark(`{"name": ${JSON.stringify(name)}, "arguments": ${raw}}`);
  return isCalls(marked, options) ? marked : undefined;
}
