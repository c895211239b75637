/**
 * Messages or items, with their parts and calls, that a request may hold, and tools. Each costs some microseconds
 * several times over, and no model reads as many. In the stored history of a response each text is a part of its own.
 */
const most = {
  messages: 10_000,
  input: 10_000,
  contents: 10_000,
  system: 10_000,
  history: 20_000,
  tools: 2000,
} as const;

/** The lists of a request body that can be long. */
type ListField = keyof typeof most;

/** Fields of an entry that hold more entries. */
const innerFields = ["content", "output", "tool_calls", "tools", "parts", "functionDeclarations"] as const;

/** Real requests have three levels: a message, a tool's result in it, and the parts of that. */
const deepest = 4;

/** JSON values in the arguments of all calls of a list: they come as texts, which are parsed as the body was. */
const mostArguments = 100_000;

/** All entries of a list, with those that they hold. */
function* entriesOf(list: readonly unknown[], depth = 0): Generator<unknown, void, undefined> {
  for (const entry of list) {
    yield entry;
    if (typeof entry !== "object" || entry === null || depth === deepest) continue;
    for (const field of innerFields) {
      const inner: unknown = Reflect.get(entry, field);
      if (Array.isArray(inner)) yield* entriesOf(inner, depth + 1);
    }
  }
}

/** The argument text of a call, as Chat Completions or the Responses API has it. */
function argumentsOf(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null) return undefined;
  const call: unknown = Reflect.get(entry, "function") ?? Reflect.get(entry, "function_call") ?? entry;
  return typeof call === "object" && call !== null ? Reflect.get(call, "arguments") : undefined;
}

const quote = 0x22;
const backslash = 0x5c;
const openers: ReadonlySet<number> = new Set([0x2c, 0x5b, 0x7b]);

/** JSON values in a text that may be JSON: its commas and opening brackets outside of strings. Stops above `most`. */
function countValues(json: string, most: number): number {
  let values = 1;
  let inString = false;
  for (let at = 0; at < json.length && values <= most; at += 1) {
    const unit = json.charCodeAt(at);
    if (unit === quote) inString = !inString;
    else if (inString && unit === backslash) at += 1;
    else if (!inString && openers.has(unit)) values += 1;
  }
  return values;
}

/** A list that is too long to be read. */
export interface Crowd {
  readonly field: ListField;
  /** What is wrong, in words that go on from "it". */
  readonly text: string;
}

/** The first of the fields that holds too many entries; looked for before anything is parsed. */
export function findCrowd(body: unknown, fields: readonly ListField[]): Crowd | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  for (const field of fields) {
    const list: unknown = Reflect.get(body, field);
    if (!Array.isArray(list)) continue;
    let entries = 0;
    let values = 0;
    for (const entry of entriesOf(list)) {
      entries += 1;
      const json = argumentsOf(entry);
      if (typeof json === "string") values += countValues(json, mostArguments - values);
      if (entries > most[field]) {
        const what = field === "tools" ? "tools" : "entries, their parts and calls counted";
        return { field, text: `it holds more than ${most[field]} ${what}. Send fewer` };
      }
      if (values > mostArguments)
        return {
          field,
          text: `the arguments of its calls hold more than ${mostArguments} JSON values. Send fewer`,
        };
    }
  }
  return undefined;
}
