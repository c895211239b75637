/**
 * Messages or items, with their parts and calls, that a request may hold, and tools. Each costs some microseconds
 * several times over, and no model reads as many. In the stored history of a response each text is a part of its own.
 */
const most = { messages: 10_000, input: 10_000, system: 10_000, history: 20_000, tools: 2000 } as const;

/** The lists of a request body that can be long. */
type ListField = keyof typeof most;

/** Fields of an entry that hold more entries. */
const innerFields = ["content", "output", "tool_calls", "tools"] as const;

/** Real requests have three levels: a message, a tool's result in it, and the parts of that. */
const deepest = 4;

function count(list: unknown, limit: number, depth = 0): number {
  if (!Array.isArray(list) || depth > deepest) return 0;
  let total = list.length;
  for (const entry of list as readonly unknown[]) {
    if (total > limit) break;
    if (typeof entry !== "object" || entry === null) continue;
    for (const field of innerFields) total += count(Reflect.get(entry, field), limit - total, depth + 1);
  }
  return total;
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
    if (count(Reflect.get(body, field), most[field]) <= most[field]) continue;
    const what = field === "tools" ? "tools" : "entries, their parts and calls counted";
    return { field, text: `it holds more than ${most[field]} ${what}. Send fewer` };
  }
  return undefined;
}
