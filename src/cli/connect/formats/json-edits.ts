import { createScanner, findNodeAtLocation, parseTree, type Edit as TextEdit, type Node } from "jsonc-parser";

import type { Edit } from "./list-edits.ts";

// Of what `jsonc-parser` does by itself (`modify`), a new last entry comes between the one before and its comment, and one
// that goes takes the comments around it along.

/** Values of jsonc-parser's `SyntaxKind`, a const enum that can't be imported. */
const [comma, trivia, lineBreak, lineComment, blockComment, blank] = [5, [12, 13, 14, 15], 14, 12, 13, 15];

/** What stands behind an offset: the comma there, if any, and the end of the line or of the comments in it. */
function lookBehind(
  text: string,
  offset: number,
): { readonly comma: number | undefined; readonly lineEnd: number } {
  const scanner = createScanner(text);
  scanner.setPosition(offset);
  let found: number | undefined;
  let lineEnd = offset;
  let isSameLine = true;
  for (let token: number = scanner.scan(); ; token = scanner.scan()) {
    if (token === comma && found === undefined) {
      found = scanner.getTokenOffset();
      if (isSameLine) lineEnd = found + 1;
    } else if (!trivia.includes(token)) break;
    else if (token === lineBreak) isSameLine = false;
    else if (isSameLine && (token === lineComment || token === blockComment)) {
      lineEnd = scanner.getTokenOffset() + scanner.getTokenLength();
    } else if (token !== blank && token !== lineComment && token !== blockComment) break;
  }
  return { comma: found, lineEnd };
}

/** The white space that the line of an offset begins with. */
function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";
}

function toText(value: unknown, unit: string, indent: string): string {
  return JSON.stringify(value, undefined, unit).replaceAll("\n", `\n${indent}`);
}

/** The edits of a text that carry out one of its data; `unit` is one step of indentation. */
export function toTextEdits(text: string, { path, kind, value }: Edit, unit: string): TextEdit[] {
  const tree = parseTree(text);
  if (tree === undefined)
    return [{ offset: text.length, length: 0, content: toText({ [String(path[0])]: value }, unit, "") }];
  const found = findNodeAtLocation(tree, [...path]);
  if (kind === "set" && found !== undefined) {
    const content = toText(value, unit, indentOf(text, found.offset));
    return [{ offset: found.offset, length: found.length, content }];
  }
  const container = findNodeAtLocation(tree, path.slice(0, -1)) ?? tree;
  const key = path.at(-1);
  if (kind === "remove") {
    const entry = typeof key === "number" ? found : found?.parent;
    return entry === undefined ? [] : removeEntry(text, container, entry);
  }
  const at = typeof key === "number" ? key : (container.children?.length ?? 0);
  const name = typeof key === "string" ? `${JSON.stringify(key)}: ` : "";
  return insertEntry(text, container, at, (indent, step) => name + toText(value, step, indent), unit);
}

/** `write` gives the entry; without a step of indentation it is one line. */
function insertEntry(
  text: string,
  container: Node,
  at: number,
  write: (indent: string, step: string) => string,
  unit: string,
): TextEdit[] {
  const outer = indentOf(text, container.offset);
  const inner = outer + unit;
  const entries = container.children ?? [];
  const [first, before] = [entries[0], entries[at - 1]];
  if (first === undefined) {
    const [start, end] = [container.offset + 1, container.offset + container.length - 1];
    // A comment stays above.
    const offset = start + text.slice(start, end).trimEnd().length;
    return [{ offset, length: end - offset, content: `\n${inner}${write(inner, unit)}\n${outer}` }];
  }
  const isOnOneLine = !text.slice(container.offset, container.offset + container.length).includes("\n");
  const indent = indentOf(text, first.offset);
  const entry = isOnOneLine ? write("", "") : write(indent, unit);
  const gap = isOnOneLine ? " " : `\n${indent}`;
  if (before === undefined) return [{ offset: first.offset, length: 0, content: `${entry},${gap}` }];
  const last = before.offset + before.length;
  const behind = lookBehind(text, last);
  const hasComma = behind.comma !== undefined;
  return [
    ...(hasComma ? [] : [{ offset: last, length: 0, content: "," }]),
    { offset: behind.lineEnd, length: 0, content: `${gap}${entry}${hasComma ? "," : ""}` },
  ];
}

/** Removes an entry with one comma; its line goes if nothing else stands there. */
function removeEntry(text: string, container: Node, entry: Node): TextEdit[] {
  const end = entry.offset + entry.length;
  const entries = container.children ?? [];
  const before = entries[entries.indexOf(entry) - 1];
  const behind = lookBehind(text, end).comma;
  const isNext = behind !== undefined && text.slice(end, behind).trim() === "";
  const until = isNext ? behind + 1 : end;
  const to = until + (/^[ \t]*/.exec(text.slice(until))?.[0].length ?? 0);
  const lineStart = text.lastIndexOf("\n", entry.offset - 1);
  const isAlone = lineStart !== -1 && text[to] === "\n" && text.slice(lineStart, entry.offset).trim() === "";
  const from = isAlone ? lineStart : entry.offset;
  // Behind a comment, or the one before an entry that was the last.
  const comma =
    behind ?? (before === undefined ? undefined : lookBehind(text, before.offset + before.length).comma);
  if (behind === undefined && comma !== undefined && /^ *$/.test(text.slice(comma + 1, entry.offset))) {
    return [{ offset: comma, length: end - comma, content: "" }];
  }
  return [
    ...(isNext || comma === undefined ? [] : [{ offset: comma, length: 1, content: "" }]),
    { offset: from, length: to - from, content: "" },
  ];
}
