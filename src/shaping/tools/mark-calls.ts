import { mostWraps } from "../json/judge-json.ts";
import { longNumber } from "../json/member-writer.ts";
import { parseLeniently } from "../parse-leniently.ts";
import { isRecord } from "../schema/resolve-schema.ts";
import { isCallShape } from "./call-shape.ts";
import { createCallFinder } from "./create-call-finder.ts";
import { gatherText } from "./gather-text.ts";
import { readRawValue } from "./json-value.ts";
import { createTextReader, fold } from "./text-reader.ts";
import type { ToolDirectory } from "./tool-directory.ts";
import type { ToolCallShaperOptions } from "./tool-request.ts";
import { turnEndsAfterCall } from "../turn-tokens.ts";

/** Whether a text consists of calls alone, each of a declared tool and with arguments that fit. */
function isCalls(text: string, options: ToolCallShaperOptions): boolean {
  const finder = createCallFinder(options);
  finder.push(text);
  finder.end();
  return finder.isAll;
}

/** Puts JSON values that are calls into tags, one after the other. */
export interface CallMarker {
  /** A piece of a value. It is looked into at once: a long value, or many, would take too long at the end. */
  add(piece: string): void;
  /** The value is whole. */
  endValue(raw: string): void;
  /** All values in tags; `undefined` if there is one that is no call, or can't be passed on. */
  end(): string | undefined;
}

/** So much is looked into at a time; UTF-16 units. */
const stretch = 1024;

/** Creates a marker. */
export function createCallMarker(directory: ToolDirectory, options: ToolCallShaperOptions): CallMarker {
  const finder = createCallFinder(options);
  const marked = gatherText();
  let ahead = tags.open;
  let areCalls = true;

  function look(): void {
    if (finder.textEnd === 0) finder.push(ahead);
    marked.add(ahead);
    ahead = "";
  }

  return {
    add(piece) {
      ahead += piece;
      if (ahead.length > stretch) look();
    },
    endValue(raw) {
      areCalls &&= isCallShape(parseLeniently(raw, directory.budget), directory);
      ahead += tags.close;
      look();
      ahead = `\n${tags.open}`;
    },
    end() {
      finder.end();
      return areCalls && finder.isAll ? marked.text() : undefined;
    },
  };
}

const tags = { open: "<tool_call>\n", close: "\n</tool_call>" };
const mark = (json: string): string => tags.open + json + tags.close;

/** Puts a JSON value that is a call into tags; `undefined` if it is none, or can't be passed on. */
function markCall(raw: string, directory: ToolDirectory, options: ToolCallShaperOptions): string | undefined {
  if (!isCallShape(parseLeniently(raw, directory.budget), directory)) return undefined;
  const marked = mark(raw);
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
/** Of a longer text nothing is looked at: the model is asked again. It is read at once, at its end; UTF-16 units. */
const longestForced = 131_072;
const fenceLine = /^[ \t]*(?:```|~~~)[\w -]*$/;
const fenceBehind = /^\s*(?:```|~~~)[ \t]*(?=\n|$)/;
/** So begins what only lacks its end; a brace in a sentence does not. */
const opensJson = /^[{[\s]*["']/;

/**
 * Finds the call in an answer that has none, though one had to come: a JSON call in any place, or, where only one tool can be
 * called, an object that fits its schema, wrapped or not. The last one counts: what stands before may be an example. At the end
 * closing brackets may be missing.
 */
export function findForcedCall(
  written: string,
  directory: ToolDirectory,
  options: ToolCallShaperOptions,
): ForcedCall | undefined {
  const { tools, toolChoice } = options.request;
  if (written.length > longestForced) return undefined;
  const text = withoutTurnEnds(written);
  const only =
    toolChoice.kind === "function" ? toolChoice.name : tools.length === 1 ? tools[0]?.name : undefined;
  let found: ForcedCall | undefined;
  let from = 0;
  for (let looked = 0; looked < mostValues && from < text.length; looked += 1) {
    const start = text.slice(from).search(/[{[]/) + from;
    if (start < from) break;
    const raw = readValue(text.slice(start));
    // Brackets that nothing closes: what is in them is none of its own.
    if (raw === undefined) break;
    from = start + Math.max(1, raw.length);
    const marked = markCall(raw, directory, options) ?? markArguments(raw, only, { directory, options });
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

const turnEnds = turnEndsAfterCall.map(fold);

/** A text without the tokens that end a turn at its end. */
function withoutTurnEnds(text: string): string {
  const folded = fold(text);
  let end = text.length;
  for (;;) {
    const bodyEnd = folded.slice(0, end).trimEnd().length;
    const mark = turnEnds.find((one) => folded.endsWith(one, bodyEnd));
    if (mark === undefined) return text.slice(0, end === text.length ? end : bodyEnd);
    end = bodyEnd - mark.length;
  }
}

/** What stands before the fence with which a text ends; `undefined` if it ends with none. */
function withoutFence(text: string): string | undefined {
  const trimmed = text.trimEnd();
  const at = trimmed.lastIndexOf("\n");
  return fenceLine.test(trimmed.slice(at + 1)) ? trimmed.slice(0, Math.max(0, at)) : undefined;
}

/** The value with which a text begins, if it is whole or lacks nothing but brackets at the text's end. */
function readValue(text: string): string | undefined {
  const body = withoutFenceEnd(text);
  const reader = createTextReader();
  reader.push(body);
  reader.end();
  const { value } = readRawValue(reader).next();
  const lacksEnd = value?.end === "open" && value.raw.length === body.length && opensJson.test(body);
  return value?.end === "complete" || lacksEnd ? value?.raw : undefined;
}

function withoutFenceEnd(text: string): string {
  const trimmed = text.trimEnd();
  return trimmed.endsWith("```") || trimmed.endsWith("~~~") ? trimmed.slice(0, -3).trimEnd() : trimmed;
}

interface MarkOptions {
  readonly directory: ToolDirectory;
  readonly options: ToolCallShaperOptions;
}

/** Arguments alone as a call of the only tool that can be called; an object that wraps them may also name another one. */
function markArguments(
  raw: string,
  only: string | undefined,
  { directory, options }: MarkOptions,
): string | undefined {
  const value = parseLeniently(raw, directory.budget);
  const tool = only === undefined ? undefined : directory.find(only);
  if (Array.isArray(value)) {
    const key = tool?.shape.onlyList;
    const listed =
      only === undefined || key === undefined
        ? undefined
        : markOne(only, `{${JSON.stringify(key)}: ${raw}}`, options);
    if (listed !== undefined) return listed;
    // A list of one.
    const inner = raw.replace(/^\s*\[|\]\s*$/g, "");
    return value.length === 1 && isRecord(value[0])
      ? markArguments(inner, only, { directory, options })
      : undefined;
  }
  if (!isRecord(value)) return undefined;
  if (only !== undefined && tool !== undefined && !tool.shape.isStrange(value))
    return markOne(only, raw, options);
  if (longNumber.test(raw)) return undefined;
  const found = Object.entries(value)
    .slice(0, mostWraps)
    .flatMap(([key, inner]) => {
      const name = directory.names.includes(key) ? key : only;
      if (name === undefined || (only ?? name) !== name) return [];
      const innerJson = JSON.stringify(inner);
      if (Array.isArray(inner) && Object.keys(value).length === 1)
        return markArguments(innerJson, name, { directory, options }) ?? [];
      return (isRecord(inner) ? markOne(name, innerJson, options) : undefined) ?? [];
    });
  return found.length === 1 ? found[0] : undefined;
}

function markOne(name: string, argumentsJson: string, options: ToolCallShaperOptions): string | undefined {
  const marked = mark(`{"name": ${JSON.stringify(name)}, "arguments": ${argumentsJson}}`);
  return isCalls(marked, options) ? marked : undefined;
}
