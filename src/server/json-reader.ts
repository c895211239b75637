import { createListInterner } from "../model/list-interner.ts";

/** Reads JSON as `JSON.parse` does, throwing what it throws. */
export type JsonReader = (text: string) => unknown;

const member = '"tools":';

/** So many places of a text are looked at: the member itself, and what quotes it. */
const mostPlaces = 4;

/** The list of a body's `tools`; `undefined` if it has none. */
function toolsOf(body: unknown): readonly unknown[] | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const tools: unknown = Reflect.get(body, "tools");
  return Array.isArray(tools) ? tools : undefined;
}

/** Where the text has one of the lists as its member `tools`, or seems to. */
function findKnown(text: string, known: ReadonlyMap<string, readonly unknown[]>) {
  let at = text.indexOf(member);
  for (let places = 0; at !== -1 && places < mostPlaces; places += 1) {
    const from = at + member.length;
    for (const [json, tools] of known) if (text.startsWith(json, from)) return { from, json, tools };
    at = text.indexOf(member, from);
  }
  return undefined;
}

/**
 * Creates a reader that knows the lists of tools that were read last (`createListInterner`): agents send the same ones with each
 * turn, and they are most of what they send. A body with an equal list gets the one that is known, frozen, so that what was made
 * of it once can be found by it. A list that is written as `JSON.stringify` writes it, as nearly all clients do, is not even
 * parsed from its third time on: a mark stands in its place, and where that does not come to be the body's `tools` all is parsed
 * after all. `mark` is what nobody can guess, without signs that JSON escapes.
 */
export function createJsonReader(mark: string): JsonReader {
  const lists = createListInterner();
  const known = new Map<string, readonly unknown[]>();
  const tried = new WeakSet<readonly unknown[]>();

  function readKnown(text: string): unknown {
    const found = findKnown(text, known);
    if (found === undefined) return undefined;
    const { from, json, tools } = found;
    let body: unknown;
    try {
      body = JSON.parse(`${text.slice(0, from)}"${mark}"${text.slice(from + json.length)}`);
    } catch {
      // What is wrong is told of the text as it came.
      return undefined;
    }
    if (typeof body !== "object" || body === null || Reflect.get(body, "tools") !== mark) return undefined;
    Reflect.set(body, "tools", lists.intern(tools));
    return body;
  }

  /** Knows a list by its text from now on, if the text says all of it: not the sign of a zero, nor a number beyond all. */
  function remember(tools: readonly unknown[]): void {
    if (tried.has(tools)) return;
    tried.add(tools);
    const json = JSON.stringify(tools);
    if (lists.intern(JSON.parse(json)) === tools) known.set(json, tools);
    for (const [one, list] of known) if (!lists.has(list)) known.delete(one);
  }

  return (text) => {
    const read = readKnown(text);
    if (read !== undefined) return read;
    const body: unknown = JSON.parse(text);
    const tools = toolsOf(body);
    if (tools === undefined || typeof body !== "object" || body === null) return body;
    const list = lists.intern(tools);
    if (list === tools) return body;
    Reflect.set(body, "tools", list);
    remember(list);
    return body;
  };
}
