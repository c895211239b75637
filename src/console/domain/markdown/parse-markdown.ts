import type { Align, Block } from "./nodes.ts";
import { parseInline } from "./parse-inline.ts";

/** So deep lists and quotes stand in each other at most; what is deeper is text. */
const deepest = 6;

// None of these looks at a character more than a few times, however the line was made.
const fence = /^ {0,3}(`{3,}|~{3,}(?!~))([^`]*)$/;
const heading = /^ {0,3}(#{1,6})(?: (.*))?$/;
const rule = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const quote = /^ {0,3}> ?/;
const item = /^( {0,3})([-*+]|\d{1,9}[.)])( +|$)/;
const delimiter = /^[\s|:-]+$/;

interface Lines {
  readonly lines: readonly string[];
  at: number;
}

/** Reads Markdown as models write it (CommonMark's usual blocks, and GitHub's tables). HTML is text. What is not finished yet is read as far as it is there. */
export function parseMarkdown(text: string): readonly Block[] {
  return parseBlocks(text.split("\n").map(clean), 0);
}

const clean = (line: string): string => line.replace(/\r$/, "").replaceAll("\t", "    ");

/** Where a block ends shows by the two lines behind it, the last of which may still grow: so the last three blocks may still change. */
const unsettled = 3;

/** Reads a text that grows, as `parseMarkdown` reads it, but what is settled only once: its blocks are the same objects each time. */
export function createMarkdownReader(): (text: string) => readonly Block[] {
  let settledText = "";
  let settled: readonly Block[] = [];
  return (text) => {
    if (!text.startsWith(settledText)) [settledText, settled] = ["", []];
    const lines = text.slice(settledText.length).split("\n");
    const begins: number[] = [];
    const blocks = parseBlocks(lines.map(clean), 0, (line) => begins.push(line));
    const all = [...settled, ...blocks];
    const count = blocks.length - unsettled;
    if (count > 0) {
      settledText += lines
        .slice(0, begins[count])
        .map((line) => `${line}\n`)
        .join("");
      settled = [...settled, ...blocks.slice(0, count)];
    }
    return all;
  };
}

function parseBlocks(
  lines: readonly string[],
  depth: number,
  onBegin?: (line: number) => void,
): readonly Block[] {
  const blocks: Block[] = [];
  const source: Lines = { lines, at: 0 };
  while (source.at < lines.length) {
    const line = lines[source.at] ?? "";
    if (line.trim() === "") source.at += 1;
    else {
      onBegin?.(source.at);
      blocks.push(readBlock(source, line, depth));
    }
  }
  return blocks;
}

function readBlock(source: Lines, line: string, depth: number): Block {
  const title = heading.exec(line);
  if (fence.test(line)) return readCode(source, line);
  if (title !== null) {
    source.at += 1;
    return { kind: "heading", level: title[1]?.length ?? 1, children: parseInline(cutMarks(title[2] ?? "")) };
  }
  if (rule.test(line)) {
    source.at += 1;
    return { kind: "rule" };
  }
  if (depth < deepest && quote.test(line)) return readQuote(source, depth);
  if (depth < deepest && item.test(line)) return readList(source, line, depth);
  if (startsTable(source)) return readTable(source, line);
  return readParagraph(source);
}

/** Some close a title by the marks that opened it. */
function cutMarks(title: string): string {
  const trimmed = title.trim();
  let end = trimmed.length;
  while (trimmed[end - 1] === "#") end -= 1;
  return end === trimmed.length || (end > 0 && trimmed[end - 1] !== " ")
    ? trimmed
    : trimmed.slice(0, end).trim();
}

function readCode(source: Lines, line: string): Block {
  const [, mark = "```", info = ""] = fence.exec(line) ?? [];
  const indent = line.length - line.trimStart().length;
  const end = new RegExp(`^ {0,3}\\${mark[0]}{${mark.length},}\\s*$`);
  const code: string[] = [];
  source.at += 1;
  let isOpen = true;
  for (; isOpen && source.at < source.lines.length; source.at += 1) {
    const next = source.lines[source.at] ?? "";
    if (end.test(next)) isOpen = false;
    else code.push(indent > 0 ? next.replace(new RegExp(`^ {0,${indent}}`), "") : next);
  }
  const [language = ""] = info.trim().split(/[\s{]/, 1);
  return { kind: "code", language, text: code.join("\n"), isOpen };
}

function readQuote(source: Lines, depth: number): Block {
  const inner: string[] = [];
  for (; source.at < source.lines.length; source.at += 1) {
    const line = source.lines[source.at] ?? "";
    if (!quote.test(line)) break;
    inner.push(line.replace(quote, ""));
  }
  return { kind: "quote", children: parseBlocks(inner, depth + 1) };
}

/** A list goes on as long as its items are of one kind, and what belongs to one of them is indented. */
function readList(source: Lines, first: string, depth: number): Block {
  const [, , mark = "-"] = item.exec(first) ?? [];
  const isNumbered = /\d/.test(mark);
  const kind = mark.at(-1);
  const items: string[][] = [];
  let indent = 0;
  let wasBlank = false;
  for (; source.at < source.lines.length; source.at += 1) {
    const line = source.lines[source.at] ?? "";
    const begun = rule.test(line) ? null : item.exec(line);
    const isIndented = items.length > 0 && line.search(/\S|$/) >= indent && line.trim() !== "";
    if (line.trim() === "") {
      items.at(-1)?.push("");
      wasBlank = true;
      continue;
    }
    if (isIndented) items.at(-1)?.push(line.slice(indent));
    else if (begun !== null && begun[2]?.at(-1) === kind && /\d/.test(begun[2] ?? "") === isNumbered) {
      const spaces = begun[3]?.length ?? 1;
      // A number's text may begin anywhere; more than four spaces are code in it.
      indent = (begun[1]?.length ?? 0) + (begun[2]?.length ?? 1) + (spaces > 4 ? 1 : Math.max(1, spaces));
      items.push([line.slice(indent)]);
      // What is indented less than the text of a number, by people and models alike, still belongs to it.
      if (isNumbered) indent = Math.min(indent, (begun[1]?.length ?? 0) + 2);
    } else if (!wasBlank && begun === null && !startsBlock(line)) items.at(-1)?.push(line.trimStart());
    else break;
    wasBlank = false;
  }
  return {
    kind: "list",
    start: isNumbered ? Number.parseInt(mark, 10) : undefined,
    items: items.map((lines) => parseBlocks(lines, depth + 1)),
  };
}

const startsBlock = (line: string) =>
  fence.test(line) || heading.test(line) || rule.test(line) || quote.test(line);

function readParagraph(source: Lines): Block {
  const lines: string[] = [];
  for (; source.at < source.lines.length; source.at += 1) {
    const line = source.lines[source.at] ?? "";
    const ends = line.trim() === "" || startsBlock(line) || item.test(line) || startsTable(source);
    if (ends && lines.length > 0) break;
    lines.push(line.trim());
  }
  return { kind: "paragraph", children: parseInline(lines.join("\n").replaceAll(/\\\n/g, "\n")) };
}

function startsTable({ lines, at }: Lines): boolean {
  const [head = "", next = ""] = lines.slice(at, at + 2);
  return head.includes("|") && next.includes("|") && next.includes("-") && delimiter.test(next);
}

function splitRow(line: string): readonly string[] {
  const trimmed = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return trimmed
    .replaceAll(String.raw`\|`, "\u0000")
    .split("|")
    .map((cell) => cell.replaceAll("\u0000", "|").trim());
}

function readTable(source: Lines, line: string): Block {
  const head = splitRow(line);
  const aligns = splitRow(source.lines[source.at + 1] ?? "").map((cell): Align => {
    if (!cell.endsWith(":")) return cell.startsWith(":") ? "left" : undefined;
    return cell.startsWith(":") ? "center" : "right";
  });
  const rows: (readonly string[])[] = [];
  source.at += 2;
  for (; source.at < source.lines.length; source.at += 1) {
    const row = source.lines[source.at] ?? "";
    if (!row.includes("|")) break;
    // Short ones stay short: filled up, a few thousand lines below a wide head would be more cells than fit anywhere.
    rows.push(splitRow(row).slice(0, head.length));
  }
  return {
    kind: "table",
    aligns,
    head: head.map(parseInline),
    rows: rows.map((cells) => cells.map(parseInline)),
  };
}
