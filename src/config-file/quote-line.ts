import { hideText, showText } from "./shown-text.ts";
import { modelsKeys, allUpstreamKeys } from "./upstream-schema.ts";

/** A line of a file as it can be shown to anybody. */
export interface QuotedLine {
  readonly text: string;
  /** Where the given column is in it, from 0. */
  readonly caret: number;
}

/** Keys whose values are secrets, or such that nobody can know. */
const secretKeys: ReadonlySet<string> = new Set(["api_key", "access_token", "cookie", "headers"]);
const shownKeys: ReadonlySet<string> = new Set(
  [...allUpstreamKeys, ...modelsKeys, "input", "output"].filter((key) => !secretKeys.has(key)),
);
/** What is in these has names of models, under any key. */
const openSections: ReadonlySet<string> = new Set(["models", "aliases"]);

const mostShown = 100;

const tokens =
  /(?<blank>\s+)|(?<comment>(?<=^|\s)#.*)|(?<mark>-(?=\s|$)|[{}[\],])|(?<key>(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:|[^\s{}[\],"'#:][^\s{}[\],:]*\s*:(?=[\s,}\]]|$))|(?<value>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|["'].*|(?:\$\{[^{}]*\}|[^\s,}\]]|,(?=\S))+|.)/gy;

/**
 * Quotes a line (from 0) of a file that may be wrong in any way. Values are shown only where they can be no secret: under
 * the keys of `gateway.yaml` that have none, and where names of models stand.
 */
export function quoteLine(lines: readonly string[], line: number, column: number): QuotedLine {
  const source = lines[line] ?? "";
  const above = findKeysAbove(lines, line);
  /** The section of the file, if the line is in one. */
  const section = above.at(-1);
  const isSecret = above.some((key) => secretKeys.has(key));
  /** The keys of the braces that are open. */
  const around: { readonly isList: boolean; readonly key: string | undefined }[] = [];
  let key: string | undefined;
  let text = "";
  let caret: number | undefined;
  // A list that stands below its key.
  if (/:\s*\[?\s*$/.test(findParent(lines, line) ?? "")) key = above[0];

  function shows(): boolean {
    if (isSecret || around.some((outer) => secretKeys.has(outer.key ?? ""))) return false;
    const isOpen = openSections.has(section ?? around[0]?.key ?? "");
    return key === undefined ? isOpen : !secretKeys.has(key) && (isOpen || shownKeys.has(key));
  }

  function show(
    token: string,
    { blank, comment, mark, value }: Readonly<Record<string, string | undefined>>,
  ): string {
    if (blank !== undefined) return " ".repeat(token.length);
    if (comment !== undefined) return "# …";
    if (mark === "{" || mark === "[") {
      around.push({ isList: mark === "[", key });
      if (mark === "{") key = undefined;
    } else if (mark === "}" || mark === "]") key = around.pop()?.key;
    else if (mark === ",") key = around.at(-1)?.isList === true ? around.at(-1)?.key : undefined;
    if (mark !== undefined) return token;
    if (value === undefined) {
      key = token.replace(/\s*:$/, "").replace(/^(["'])(.*)\1$/, "$2");
      return token;
    }
    const quote = /^(["']).*\1$/.test(token) && token.length > 1 ? (token[0] ?? "") : "";
    const inner = quote === "" ? token : token.slice(1, -1);
    const isReference = /^[&*][\w-]+$/.test(token) && !isSecret && !secretKeys.has(key ?? "");
    return quote + (shows() || isReference ? showText(inner) : hideText(inner)) + quote;
  }

  for (const { 0: token, index, groups = {} } of source.matchAll(tokens)) {
    const shown = show(token, groups);
    if (caret === undefined && index + token.length > column)
      caret = text.length + (shown === token ? column - index : 0);
    text += shown;
  }
  return cut(text, caret ?? text.length);
}

/** The line that this one belongs to by its indentation. */
function findParent(lines: readonly string[], line: number): string | undefined {
  const indent = indentOf(lines[line] ?? "");
  return lines.slice(0, line).findLast((text) => !/^\s*(?:#|$)/.test(text) && indentOf(text) < indent);
}

/** The keys of what a line is in by its indentation, the nearest first. */
function findKeysAbove(lines: readonly string[], line: number): readonly string[] {
  const keys: string[] = [];
  let parent = findParent(lines, line);
  for (let above = line; parent !== undefined; parent = findParent(lines, above)) {
    above = lines.lastIndexOf(parent, above);
    const found = [...parent.matchAll(/([^\s{}[\],"'#:]+)["']?\s*:(?=\s|$)/g)].at(-1)?.[1];
    if (found !== undefined) keys.push(found);
  }
  return keys;
}

const indentOf = (text: string): number => /^\s*/.exec(text)?.[0].length ?? 0;

/** What is around the caret of a long line. */
function cut(text: string, caret: number): QuotedLine {
  if (text.length <= mostShown) return { text, caret };
  const start = Math.max(0, Math.min(caret - mostShown / 2, text.length - mostShown));
  const before = start === 0 ? "" : "…";
  const after = start + mostShown < text.length ? "…" : "";
  return {
    text: before + text.slice(start, start + mostShown) + after,
    caret: caret - start + before.length,
  };
}
