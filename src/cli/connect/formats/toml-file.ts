import { isJsonObject, type JsonObject } from "../merge-json.ts";
import { FormatError, type FileFormat } from "./file-format.ts";
import { listEdits } from "./list-edits.ts";
import { parse, readStatements, splitPair, type Statement } from "./toml-statements.ts";

const toKey = (path: readonly string[]): string =>
  path.map((name) => (/^[\w-]+$/.test(name) ? name : JSON.stringify(name))).join(".");

/** A value on one line; JSON's escapes are a subset of those of TOML's basic strings. */
export function toTomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toTomlValue).join(", ")}]`;
  // Dates, which only a user's file has.
  if (value instanceof Date) return value.toISOString();
  // JSON has no such numbers.
  if (typeof value === "number" && !Number.isFinite(value))
    return String(value).replace("Infinity", "inf").toLowerCase();
  if (!isJsonObject(value)) return typeof value === "bigint" ? String(value) : JSON.stringify(value);
  const entries = Object.entries(value).map(([name, inner]) => `${toKey([name])} = ${toTomlValue(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Tables as `[headers]`, the plain values of each above its own tables. */
function toLines(table: JsonObject, path: readonly string[] = []): string[] {
  const entries = Object.entries(table);
  const plain = entries.filter(([, value]) => !isJsonObject(value));
  return [
    ...(path.length > 0 && (plain.length > 0 || entries.length === 0) ? ["", `[${toKey(path)}]`] : []),
    ...plain.map(([name, value]) => `${toKey([name])} = ${toTomlValue(value)}`),
    ...entries.flatMap(([name, value]) => (isJsonObject(value) ? toLines(value, [...path, name]) : [])),
  ];
}

const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.every((name, index) => path[index] === name);

const valueAt = (data: JsonObject, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isJsonObject(value) ? value[name] : undefined), data);

/** Where a new pair of a table goes, and how many names of its path the header above it has. */
interface Place {
  readonly at: number;
  readonly depth: number;
}

/** Below the last pair of a table whose keys are written with dots; such a table can't have a header. */
function findDotted(statements: readonly Statement[], table: readonly string[]): Place | undefined {
  const at = statements.findLastIndex(
    ({ kind, path, depth, inList }) =>
      !inList &&
      kind === "pair" &&
      depth < table.length &&
      path.length > table.length &&
      startsWith(path, table),
  );
  const found = statements[at];
  return found === undefined ? undefined : { at: at + 1, depth: found.depth };
}

/** Below a table's last pair, or its header; `undefined` if it has neither. */
function findPlace(statements: readonly Statement[], table: readonly string[]): Place | undefined {
  const depth = table.length;
  const last = statements.findLastIndex(
    (statement) =>
      !statement.inList &&
      statement.depth === depth &&
      (statement.kind === "pair" || statement.kind === "table") &&
      startsWith(statement.path, table),
  );
  if (last !== -1) return { at: last + 1, depth };
  if (depth > 0) return findDotted(statements, table);
  // A file that begins with a comment of its own, and has no values above its tables: below that comment.
  const end = statements.findIndex(({ kind, text }) => kind !== "other" || text.trim() === "");
  const heading = end === -1 ? statements.length : end;
  return { at: statements[heading]?.kind === "other" ? heading : 0, depth };
}

/** TOML. Only what changes is written anew: no comment of a user is moved or lost. */
export const tomlFile: FileFormat = {
  parse(text) {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      const { line, column } = error as { line?: unknown; column?: unknown };
      const place = typeof line === "number" ? ` in line ${line}, column ${Number(column) + 1}` : "";
      throw new FormatError(`no valid TOML: ${error.message.trim().split("\n").at(-1)}${place}`);
    }
  },
  render: (content) => `${toLines(content).join("\n").trimStart()}\n`,
  edit(text, next) {
    const statements = readStatements(text);
    const added: string[] = [];
    for (const { path: keys, kind, value } of listEdits(tomlFile.parse(text), next)) {
      // Lists are written whole.
      const index = keys.findIndex((part) => typeof part === "number");
      const path = keys.slice(0, index === -1 ? undefined : index).map(String);
      const at = statements.findIndex(
        (statement) => statement.kind === "pair" && !statement.inList && startsWith(path, statement.path),
      );
      const old = statements[at];
      if (old !== undefined && (old.path.length < path.length || kind !== "remove" || index !== -1)) {
        const { before, after } = splitPair(old.text);
        statements[at] = { ...old, text: before + toTomlValue(valueAt(next, old.path)) + after };
      } else if (kind === "remove") removeAll(statements, path);
      else if (isJsonObject(value) && findDotted(statements, path.slice(0, -1)) === undefined) {
        added.push(...toLines(value, path));
      } else if (!insertPair(statements, path, value))
        added.push(...toLines({ [path.at(-1) ?? ""]: value }, path.slice(0, -1)));
    }
    const kept = statements.map((statement) => statement.text).join("\n");
    if (added.length === 0) return kept;
    const below = `${added.join("\n")}\n`;
    return kept.trim() === "" ? below.trimStart() : `${kept.trimEnd()}\n${below}`;
  },
};

/** Writes a new pair into its table, if that is there. */
function insertPair(statements: Statement[], path: readonly string[], value: unknown): boolean {
  const place = findPlace(statements, path.slice(0, -1));
  if (place === undefined) return false;
  const { at, depth } = place;
  const text = `${toKey(path.slice(depth))} = ${toTomlValue(value)}`;
  const pair: Statement = { kind: "pair", text, path, depth, inList: false };
  const isAboveHeader = statements[at]?.kind === "table" || statements[at]?.kind === "list";
  const empty: Statement = { ...pair, kind: "other", text: "" };
  statements.splice(at, 0, pair, ...(isAboveHeader ? [empty] : []));
  return true;
}

/** Takes out a pair, or a table with all below it; comments stay. */
function removeAll(statements: Statement[], path: readonly string[]): void {
  for (let at = statements.length - 1; at >= 0; at--) {
    const statement = statements[at];
    if (statement === undefined || statement.kind === "other" || !startsWith(statement.path, path)) continue;
    const isHeader = statement.kind !== "pair";
    statements.splice(at, 1);
    // The empty line above a header goes with it.
    const above = statements[at - 1];
    if (isHeader && above?.kind === "other" && above.text.trim() === "") statements.splice(at - 1, 1);
  }
}
