import type { Document, Pair, YAMLMap } from "yaml";

import { loadYaml } from "./load-yaml.ts";
import { unmaskVariables } from "./mask-variables.ts";

/** Keys and indices from the root. */
export type Path = readonly PropertyKey[];

/** What a file says as plain values, and where each of them stands. */
export interface PlainValues {
  readonly value: unknown;
  /** The offset of the value, else of what is nearest around it. */
  offsetOf(path: Path): number;
  /** The offset of the key, else as `offsetOf`. */
  offsetOfKey(path: Path): number;
  /** Whether a text of this path has a problem already, so that its value says nothing. */
  isBroken(path: Path): boolean;
  /** Whether a text is not as it stands in the file: it may be a secret, and is not shown. */
  isSubstituted(path: Path): boolean;
}

/** What a text means; `broken`: it has a problem, which was told. */
export type ReadValue =
  | { readonly broken: true; readonly text?: never }
  | { readonly broken?: never; readonly text: string; readonly substituted: boolean };

/** How texts become values, and who is told what is wrong. */
export interface PlainOptions {
  readValue(text: string, offset: number): ReadValue;
  tell(offset: number, message: string): void;
}

/** Aliases can make a few lines stand for billions. */
const mostValues = 20_000;

const keyOf = (path: Path): string => JSON.stringify(path);

/**
 * Turns a document into plain values: follows aliases, merges `<<`. Empty values (`aliases:` with all of its lines
 * commented out, `${KEY:-}`) are `undefined`.
 */
export function toPlainValues(document: Document, options: PlainOptions): PlainValues {
  const { isAlias, isMap, isNode, isScalar, isSeq } = loadYaml();
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const broken = new Set<string>();
  const substituted = new Set<string>();
  let count = 0;

  function offsetAt(node: unknown): number {
    return isNode(node) ? (node.range?.[0] ?? 0) : 0;
  }

  /** Follows an alias; `undefined` when it leads nowhere or back into itself, which is told. */
  function follow(node: unknown, around: readonly unknown[]): unknown {
    if (!isAlias(node)) return node;
    const target = node.resolve(document);
    if (target === undefined)
      options.tell(offsetAt(node), "No &anchor of this *alias's name stands above it.");
    else if (around.includes(target))
      options.tell(offsetAt(node), "This *alias stands within what it stands for.");
    else return target;
    return undefined;
  }

  function walk(given: unknown, path: Path, around: readonly unknown[]): unknown {
    count += 1;
    if (count === mostValues)
      options.tell(offsetAt(given), "More than 20,000 values: too much for this file.");
    if (count >= mostValues) return undefined;
    values.set(keyOf(path), offsetAt(given));
    const node = follow(given, around);
    // What was told already says nothing more.
    if (isAlias(given) && node === undefined) broken.add(keyOf(path));
    if (isSeq(node)) return node.items.map((item, index) => walk(item, [...path, index], [...around, node]));
    if (isMap(node)) return walkMap(node, path, [...around, node]);
    if (!isScalar(node)) return undefined;
    if (typeof node.value !== "string") return node.value ?? undefined;
    const read = options.readValue(unmaskVariables(node.value), offsetAt(node));
    if (read.broken === true) broken.add(keyOf(path));
    else if (read.substituted) substituted.add(keyOf(path));
    // An empty variable counts as not set.
    return read.text === "" && substituted.has(keyOf(path)) ? undefined : read.text;
  }

  function walkMap(map: YAMLMap, path: Path, around: readonly unknown[]): unknown {
    const object: Record<string, unknown> = {};
    for (const [key, pair] of pairsOf(map, around)) {
      const inner = [...path, key];
      keys.set(keyOf(inner), offsetAt(pair.key));
      if (pair.value === null) values.set(keyOf(inner), offsetAt(pair.key));
      else object[key] = walk(pair.value, inner, around);
      object[key] ??= undefined;
    }
    return object;
  }

  /** A map's own pairs, then those that `<<` brings and it has not itself. */
  function pairsOf(map: YAMLMap, around: readonly unknown[]): Map<string, Pair> {
    const found = new Map<string, Pair>();
    const merged: Pair[] = [];
    for (const pair of map.items) {
      const key = follow(pair.key, around);
      if (isScalar(key) && key.value === "<<" && key.type === "PLAIN") merged.push(pair);
      else if (!isScalar(key) || key.value === null || key.value === "__proto__") {
        options.tell(offsetAt(pair.key ?? map), "A key must be a text that is not empty, nor __proto__.");
      } else {
        const text = unmaskVariables(key.source ?? JSON.stringify(key.value));
        if (!found.has(text)) found.set(text, pair);
      }
    }
    for (const pair of merged) {
      const given = follow(pair.value, around);
      for (const item of isSeq(given) ? given.items : [given]) {
        const source = follow(item, around);
        if (!isMap(source)) {
          if (source !== undefined)
            options.tell(offsetAt(pair.key), "<< takes a map, or a list of maps: <<: *anchor.");
          continue;
        }
        for (const [key, inner] of pairsOf(source, [...around, source]))
          if (!found.has(key)) found.set(key, inner);
      }
    }
    return found;
  }

  function offsetOf(path: Path): number {
    const own = values.get(keyOf(path));
    return own ?? (path.length === 0 ? 0 : offsetOf(path.slice(0, -1)));
  }

  const value = walk(document.contents, [], []);
  return {
    value,
    offsetOf,
    offsetOfKey: (path) => keys.get(keyOf(path)) ?? offsetOf(path),
    isBroken: (path) => broken.has(keyOf(path)),
    isSubstituted: (path) => substituted.has(keyOf(path)),
  };
}
