import { parseBounded } from "../parse-bounded.ts";
import { isShallow } from "../parse-leniently.ts";

const pythonWords: ReadonlyMap<string, boolean | null> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/** Blanks before a value that is no text. */
const longestBlanks = 64;
const nulls = ["null", "None"];

/** Whether text that goes on may still be something else than text, as far as its beginning tells. */
export function mayBeOther(text: string, types: ReadonlySet<string>): boolean {
  if (text.length > longestBlanks) return false;
  const begun = text.trim();
  return begun === "" || (types.has("null") && nulls.some((word) => word.startsWith(begun)));
}

/** Whether text begins as a value of JSON that is wanted. */
export function opensJson(text: string, types: ReadonlySet<string>): boolean {
  const first = text.trimStart().charAt(0);
  return (first === "{" && types.has("object")) || (first === "[" && types.has("array"));
}

/** The value that untyped text stands for: text where text is wanted and it is nothing else that is, otherwise JSON if it is JSON. */
export function readText(text: string, types: ReadonlySet<string>): unknown {
  const trimmed = text.trim();
  if (types.has("string")) {
    if (types.has("null") && nulls.includes(trimmed)) return null;
    if (!opensJson(text, types)) return text;
  }
  const word = pythonWords.get(trimmed);
  if (word !== undefined) return word;
  try {
    const value = parseBounded(trimmed);
    return isShallow(value) ? value : text;
  } catch {
    // Not JSON: the schema decides what a text can become.
    return text;
  }
}
