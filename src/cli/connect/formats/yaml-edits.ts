import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  stringify,
  type Node,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

import { FormatError } from "./file-format.ts";
import type { Edit } from "./list-edits.ts";

// What the library writes of a whole document has another layout, and lacks some comments. So only the text of what
// changes is exchanged.

/** A part of a text and what comes in its place. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

type Collection = YAMLMap | YAMLSeq;
type Key = string | number;

/** Long lines stay as long as they are. */
export const layout = { lineWidth: 0 };

const unusual = (): FormatError => new FormatError("written in a way that can't be changed safely");

/** Where a node begins and ends, without the comments behind it. */
function placeOf(node: unknown): readonly [start: number, end: number] {
  if (!isNode(node) || !Array.isArray(node.range)) throw unusual();
  const [start, end] = node.range;
  // A collection in block style ends with the comments and lines below it.
  if (!isCollection(node) || node.flow === true) return [start, end];
  const last: unknown = node.items.at(-1);
  if (last === undefined) return [start, end];
  return [start, isSeq(node) ? placeOf(last)[1] : endOfPair(last)];
}

function isCollection(node: unknown): node is Collection {
  return isMap(node) || isSeq(node);
}

function endOfPair(pair: unknown): number {
  const { key, value } = pair as { key: unknown; value: unknown };
  return placeOf(value ?? key)[1];
}

const startOfLine = (text: string, offset: number): number => text.lastIndexOf("\n", offset - 1) + 1;

/** The end of the line that holds the character before an offset: a block of text ends with its line. */
function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", Math.max(0, offset - 1));
  return end === -1 ? text.length : end;
}

/** A value as lines in block style below something, or as one line. */
function toBlock(value: unknown, column: number): string {
  const indent = " ".repeat(column);
  return stringify(value, layout)
    .trimEnd()
    .replaceAll(/^(?=.)/gm, indent);
}

/** JSON is YAML's flow style. */
const toFlow = (value: unknown): string => JSON.stringify(value);

const columnOf = (text: string, node: Node): number => {
  const [start] = placeOf(node);
  return start - startOfLine(text, start);
};

/** New lines below `offset`'s line. */
function below(text: string, offset: number, lines: string): Splice {
  const at = endOfLine(text, offset);
  return { from: at, to: at, text: `\n${lines}` };
}

/** A new last entry, or one before `index` of a list. */
function insert(text: string, into: Collection, key: Key, value: unknown): Splice {
  const { items } = into;
  const index = typeof key === "number" ? key : items.length;
  if (into.flow === true) {
    const entry = isSeq(into) ? toFlow(value) : `${toFlow(key)}: ${toFlow(value)}`;
    const [before, first] = [items[index - 1], items[0]];
    if (before === undefined) {
      const at = placeOf(into)[0] + 1;
      return { from: at, to: at, text: first === undefined ? entry : `${entry}, ` };
    }
    const at = isSeq(into) ? placeOf(before)[1] : endOfPair(before);
    return { from: at, to: at, text: `, ${entry}` };
  }
  const lines = toBlock(isSeq(into) ? [value] : { [key]: value }, columnOf(text, into));
  if (index > 0) {
    const before = items[index - 1];
    return below(text, isSeq(into) ? placeOf(before)[1] : endOfPair(before), lines);
  }
  const at = startOfLine(text, placeOf(into)[0]);
  return { from: at, to: at, text: `${lines}\n` };
}

/** Takes an entry out, with its lines if it has lines of its own. */
function remove(text: string, from: Collection, key: Key): Splice {
  const { items } = from;
  const index = isSeq(from) ? Number(key) : from.items.findIndex((pair) => nameOf(pair.key) === key);
  const ends = items.map((item): readonly [number, number] =>
    isSeq(from) ? placeOf(item) : [placeOf((item as { key: unknown }).key)[0], endOfPair(item)],
  );
  const [own, before, next] = [ends[index], ends[index - 1], ends[index + 1]];
  if (own === undefined) throw unusual();
  if (from.flow === true) {
    if (next !== undefined) return { from: own[0], to: next[0], text: "" };
    return { from: before?.[1] ?? own[0], to: own[1], text: "" };
  }
  const start = startOfLine(text, own[0]);
  const isFirstOfEntry = isMap(from) && /\S/.test(text.slice(start, own[0]));
  if (!isFirstOfEntry) return { from: start, to: endOfLine(text, own[1]) + 1, text: "" };
  if (next === undefined) throw unusual();
  return { from: own[0], to: next[0], text: "" };
}

const nameOf = (key: unknown): unknown => (isScalar(key) ? String(key.value) : key);

/** Another value in the place of one. */
function replace(text: string, within: Collection, key: Key, value: unknown): Splice {
  const old: unknown = within.get(key, true);
  const [start, end] = placeOf(old);
  if (within.flow === true) return { from: start, to: end, text: toFlow(value) };
  if (typeof value !== "object" || value === null) {
    return { from: start, to: end, text: (start === end ? " " : "") + stringify(value, layout).trimEnd() };
  }
  if (isSeq(within)) return { from: start, to: end, text: toFlow(value) };
  // The line of the key keeps its comment; the value comes below it.
  const lineEnd = endOfLine(text, end);
  const comment = text.slice(end, lineEnd).trim();
  const lines = toBlock(value, columnOf(text, within) + 2);
  const rest = comment === "" ? "" : ` ${comment}`;
  return { from: text.slice(0, start).trimEnd().length, to: lineEnd, text: `${rest}\n${lines}` };
}

/**
 * What carries out an edit in the text of a document with these contents. `next` is the data after all edits: an alias
 * on the way gives place to all that shall be there. Throws `FormatError` for what is written in an unusual way.
 */
export function toSplice(
  text: string,
  contents: Node | null,
  { path, kind, value }: Edit,
  valueAt: (path: readonly Key[]) => unknown,
): Splice {
  let container: unknown = contents;
  for (const [depth, key] of path.slice(0, -1).entries()) {
    if (!isCollection(container)) throw unusual();
    const inner: unknown = container.get(key, true);
    if (isAlias(inner)) return replace(text, container, key, valueAt(path.slice(0, depth + 1)));
    container = inner;
  }
  const key = path.at(-1);
  if (!isCollection(container) || key === undefined) throw unusual();
  if (kind === "remove") return remove(text, container, key);
  const isThere = container.has(key);
  return kind === "insert" || !isThere
    ? insert(text, container, key, value)
    : replace(text, container, key, value);
}
