import { parse as parseToml, type TomlTable } from "smol-toml";

import { isJsonObject } from "../merge-json.ts";
import { isSame } from "./list-edits.ts";

/** A piece of a TOML file, whole lines of it without the end of the last. */
export interface Statement {
  /** `list`: the header of an entry of a list of tables. `other`: a comment or an empty line. */
  readonly kind: "pair" | "table" | "list" | "other";
  readonly text: string;
  /** Of a pair: the table that it stands in, with its own key. Of a header: its table. */
  readonly path: readonly string[];
  /** Of a pair, how many names of `path` are its header's. */
  readonly depth: number;
  /** Whether it stands in an entry of a list of tables, where nothing is ever changed. */
  readonly inList: boolean;
}

/** The data of a TOML text; whole numbers that JavaScript can't hold are bigints. Throws `TomlError`. */
export function parse(text: string): TomlTable {
  return parseToml(text, { integersAsBigInt: "asNeeded" });
}

const name = /[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'/.source;
const key = new RegExp(`^\\s*((?:${name})(?:\\s*\\.\\s*(?:${name}))*)\\s*=`);
const header = /^\s*(\[\[?)(.*)$/;

/** The names of a dotted key. */
function readKey(text: string): string[] {
  const names: string[] = [];
  let value: unknown = parse(`${text} = 0`);
  while (isJsonObject(value)) {
    const [first = ""] = Object.keys(value);
    names.push(first);
    value = value[first];
  }
  return names;
}

/** The names of a header, which may have a comment. */
function readHeader(line: string): string[] {
  const inside = new RegExp(`^\\s*\\[\\[?\\s*((?:${name})(?:\\s*\\.\\s*(?:${name}))*)`).exec(line)?.[1];
  return readKey(inside ?? line);
}

function isWhole(text: string): boolean {
  try {
    parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Cuts a valid TOML file into its statements. Their texts, joined by line ends, are the file. */
export function readStatements(file: string): Statement[] {
  const statements: Statement[] = [];
  let table: readonly string[] = [];
  let inList = false;
  const lists: (readonly string[])[] = [];
  let text: string | undefined;
  for (const line of file.split("\n")) {
    text = text === undefined ? line : `${text}\n${line}`;
    const found = key.exec(text)?.[1];
    const head = found === undefined ? header.exec(text) : null;
    if (found !== undefined) {
      // A value goes on over lines until it can be read.
      if (!isWhole(text)) continue;
      const path = [...table, ...readKey(found)];
      statements.push({ kind: "pair", text, path, depth: table.length, inList });
    } else if (head === null) {
      statements.push({ kind: "other", text, path: table, depth: table.length, inList });
    } else {
      table = readHeader(text);
      const isList = head[1] === "[[";
      if (isList) lists.push(table);
      inList = isList || lists.some((list) => list.every((part, index) => table[index] === part));
      statements.push({ kind: isList ? "list" : "table", text, path: table, depth: table.length, inList });
    }
    text = undefined;
  }
  return statements;
}

/** A pair's key with "=" and the space around it, and what stands behind its value: a comment, or nothing. */
export function splitPair(text: string): { readonly before: string; readonly after: string } {
  const before = new RegExp(`${key.source}[ \\t]*`).exec(text)?.[0] ?? "";
  const value = parse(text);
  for (let at = text.indexOf("#"); at !== -1; at = text.indexOf("#", at + 1)) {
    const without = text.slice(0, at);
    if (isWhole(without) && isSame(parse(without), value)) {
      return { before, after: text.slice(without.trimEnd().length) };
    }
  }
  return { before, after: "" };
}
