/**
 * What stands in for characters that mean something to YAML: five that Unicode keeps free for a program's own use, so
 * they are in no text.
 */
const marks: Readonly<Record<string, string>> = {
  "{": "\uFDD0",
  "}": "\uFDD1",
  "[": "\uFDD2",
  "]": "\uFDD3",
  ",": "\uFDD4",
};
const characters = new Map(Object.entries(marks).map(([character, mark]) => [mark, character]));

/** Whether a text has one of the marks itself. */
export function hasMarks(text: string): boolean {
  return /[\uFDD0-\uFDD4]/.test(text);
}

/**
 * Hides the braces of `${…}`, which in `{ api_key: ${KEY} }` would end or open a map, and what they enclose. The text
 * keeps its length, so places stay where they are. Within quotes nothing needs to be hidden, and what has a quote is not.
 */
export function maskVariables(source: string): string {
  return source.replace(/\$\{[^{}"'\n]*\}/g, (found) =>
    found.replace(/[{}[\],]/g, (character) => marks[character] ?? character),
  );
}

/** Undoes `maskVariables` in a piece of its text. */
export function unmaskVariables(text: string): string {
  return text.replace(/[\uFDD0-\uFDD4]/g, (mark) => characters.get(mark) ?? mark);
}
