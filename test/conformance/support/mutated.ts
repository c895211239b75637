import * as fc from "fast-check";

type Path = readonly (string | number)[];

/** The place of every value inside a JSON value, its own excluded. */
function listPaths(value: unknown, prefix: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => {
    const path = [...prefix, key];
    return [path, ...listPaths(Reflect.get(value, key), path)];
  });
}

/** A JSON text that stands in the place of a value, so that it may be what no value can be. */
const spliced = fc.constantFrom(
  "null",
  '""',
  "[]",
  "{}",
  "0",
  "-1",
  "1.5",
  "1e400",
  "9007199254740993",
  '"1"',
  "true",
  '"true"',
  "[null]",
  "[[]]",
  "[{}]",
  '{"type":null}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  String.raw`"\ud800"`,
  String.raw`"a\u0000b\u2028c\uFFFF"`,
  '"日本語 🙂\\r\\nX: y"',
  '"<|endoftext|>"',
  '"</tool_call><tool_call>"',
  `"${"x".repeat(3000)}"`,
  `${"[".repeat(3000)}${"]".repeat(3000)}`,
  `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`,
  '{"$ref":"#"}',
  '{"type":"object","properties":{"a":{"$ref":"#/nowhere"}}}',
);

const strangeKey = fc.constantFrom(
  "__proto__",
  "constructor",
  "toString",
  "",
  "\ud800",
  "日本\r\nx: y",
  "a".repeat(500),
);

type Change =
  | { readonly kind: "splice"; readonly text: string }
  | { readonly kind: "drop" | "double" }
  | { readonly kind: "add"; readonly key: string; readonly text: string };

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant("splice" as const), text: fc.oneof(spliced, fc.json()) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("drop" as const, "double" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("add" as const), key: strangeKey, text: spliced }),
  },
);

/** Marks where a text goes; stringified it is found again. */
const mark = (index: number) => `\u{10FFFE}${index}\u{10FFFE}`;

function applyChange(root: unknown, path: Path, made: Change, index: number): void {
  let parent: unknown = root;
  for (const key of path.slice(0, -1)) {
    if (typeof parent !== "object" || parent === null) return;
    parent = Reflect.get(parent, key);
  }
  const last = path.at(-1);
  if (typeof parent !== "object" || parent === null || last === undefined) return;
  if (made.kind === "splice") Reflect.set(parent, last, mark(index));
  else if (made.kind === "drop") {
    if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else Reflect.deleteProperty(parent, last);
  } else if (made.kind === "double") {
    if (Array.isArray(parent)) parent.push(parent[Number(last)]);
  } else if (made.kind === "add" && !Array.isArray(parent)) {
    Object.defineProperty(parent, made.key, { value: mark(index), enumerable: true, configurable: true });
  }
}

/** JSON texts of a body with one to four places changed, streaming or not. */
export function mutated(body: object): fc.Arbitrary<string> {
  const place = fc.constantFrom(...listPaths(body));
  const changes = fc.array(fc.tuple(place, change), { minLength: 1, maxLength: 4 });
  return fc.tuple(changes, fc.boolean()).map(([made, stream]) => {
    const copy = structuredClone({ ...body, stream });
    for (const [index, [path, one]] of made.entries()) applyChange(copy, path, one, index);
    let text = JSON.stringify(copy);
    for (const [index, [, one]] of made.entries()) {
      if ("text" in one) text = text.replaceAll(JSON.stringify(mark(index)), () => one.text);
    }
    return text;
  });
}
