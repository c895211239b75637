import { isRecord } from "../schema/resolve-schema.ts";
import type { ToolDirectory } from "./tool-directory.ts";

/** Keys under which models write the name of a tool. */
export const nameKeys: ReadonlySet<string> = new Set([
  "name",
  "tool",
  "tool_name",
  "function_name",
  "function",
  "action",
]);
/** Keys under which models write a call's arguments. */
export const argumentKeys: ReadonlySet<string> = new Set([
  "arguments",
  "parameters",
  "input",
  "args",
  "params",
  "tool_input",
  "action_input",
]);
/** Keys of a list of calls. */
export const listKeys: ReadonlySet<string> = new Set(["tool_calls", "function_calls", "calls"]);
/** Keys of an object that is all of a call. */
export const wrapKeys: ReadonlySet<string> = new Set(["function", "tool_call", "function_call"]);
/** Keys that may stand beside them and say nothing of interest. */
export const sideKeys: ReadonlySet<string> = new Set(["type", "id", "index", "call_id", "tool_call_id"]);

/**
 * Whether a JSON value that nothing marks as a call has the shape of one, or of several: a name and arguments, and no key that calls
 * don't have. The definition of a tool is none. That the name is declared and the arguments fit is to be seen elsewhere.
 */
export function isCallShape(value: unknown, directory: ToolDirectory): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => isCallShape(one, directory));
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  const list = keys.find((key) => listKeys.has(key));
  if (list !== undefined) return Array.isArray(value[list]) && isCallShape(value[list], directory);
  const wrap = keys.find((key) => wrapKeys.has(key) && isRecord(value[key]));
  if (wrap !== undefined) {
    return keys.every((key) => key === wrap || sideKeys.has(key)) && isCallShape(value[wrap], directory);
  }
  const nameKey = keys.find((key) => nameKeys.has(key) && typeof value[key] === "string");
  if (nameKey === undefined) return isNamedByKey(value, directory);
  const others = keys.filter((key) => key !== nameKey && !sideKeys.has(key));
  const [only] = others;
  if (only !== undefined && others.length === 1 && argumentKeys.has(only)) return true;
  const tool = directory.find(String(value[nameKey]));
  // The flat form: its keys are the arguments.
  return others.length > 0 && others.every((key) => tool?.takes(key) === true);
}

/** `{"bash": {"command": "ls"}}`: the name as the only key, with keys of its own in it. */
function isNamedByKey(value: Readonly<Record<string, unknown>>, directory: ToolDirectory): boolean {
  const [[name, input] = ["", undefined], ...others] = Object.entries(value);
  const tool = directory.names.includes(name) ? directory.find(name) : undefined;
  if (others.length > 0 || tool === undefined || !isRecord(input)) return false;
  const keys = Object.keys(input);
  return keys.length > 0 && keys.every((key) => tool.takes(key));
}

const opening = /^(\[?\s*)(\{\s*)?(?:"([^"]*)("?\s*:?\s*))?/;
const side = String.raw`"(?:${[...sideKeys].join("|")})"\s*:\s*"[\w-]*"\s*,\s*`;
const streamed = new RegExp(
  String.raw`^\[?\s*\{\s*(?:${side})*"\w+"\s*:\s*"([^"]*)"\s*,\s*"(\w+)"\s*:\s*["{]`,
);
const named = /"(\w+)"\s*:\s*"([^"]*)("?)/g;

const allKeys = [...nameKeys, ...argumentKeys, ...listKeys, ...wrapKeys, ...sideKeys];
/** More is not waited for: a model that got stuck writes blanks without end. */
const longestBeginning = 400;

/** What the beginning of a text is, as far as it can be told. */
export type Beginning = "calls" | "none" | "undecided";

/**
 * Whether a text may be JSON calls of declared tools that nothing marks, by its beginning. `calls` once a declared name, or
 * something else that only calls have, was seen.
 */
export function judgeBeginning(written: string, directory: ToolDirectory): Beginning {
  const undecided = written.length < longestBeginning ? "undecided" : "none";
  // Values of Python.
  const text = /^\[?\s*\{\s*'/.test(written) ? written.replaceAll("'", '"') : written;
  const [, , brace, key, behind] = opening.exec(text) ?? [];
  if (brace === undefined) return /^\[?\s*$/.test(text) ? undecided : "none";
  const rest = text.slice((opening.exec(text)?.[0] ?? "").length);
  if (key === undefined) return rest === "" ? undecided : "none";
  if (behind === undefined || !behind.startsWith('"')) {
    return directory.begins(key) || allKeys.some((one) => one.startsWith(key)) ? undecided : "none";
  }
  const isCalls = argumentKeys.has(key) || listKeys.has(key) || directory.names.includes(key);
  if (isCalls || (wrapKeys.has(key) && !nameKeys.has(key))) return behind.includes(":") ? "calls" : undecided;
  if (!nameKeys.has(key) && !sideKeys.has(key)) return "none";
  for (const [, one = "", value = "", closed] of text.matchAll(named)) {
    if (!nameKeys.has(one)) continue;
    if (closed === '"') return directory.find(value) === undefined ? "none" : "calls";
    return value.length < 200 ? "undecided" : "none";
  }
  return undecided;
}

/** Whether the shaper of calls reads what begins so by itself, at the beginning of an answer, and streams its arguments. */
export function isStreamed(text: string, directory: ToolDirectory): boolean {
  const [, name, key] = streamed.exec(text) ?? [];
  return name !== undefined && key !== undefined && argumentKeys.has(key) && directory.names.includes(name);
}
