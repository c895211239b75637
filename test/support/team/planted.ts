import { randomInt } from "node:crypto";

/** What may not be found where it does not belong. */
export interface Planted {
  /** A new text that stands nowhere else, with a name that says where it was planted. */
  plant(where: string): string;
  /** The same for what was made by somebody else. */
  add(where: string, text: string): string;
  /** Where those were planted that a text holds, whole or a part of them. */
  findIn(text: string): readonly string[];
}

/** A part that is shorter is found by accident. */
const shortest = 18;

const syllables = [
  "ba",
  "do",
  "fi",
  "gu",
  "ke",
  "lo",
  "mi",
  "nu",
  "pa",
  "re",
  "so",
  "ti",
  "vu",
  "wa",
  "xe",
  "zo",
] as const;

/** Words that no key looks like: what is hidden by its form alone would hide what should not be there at all. */
function inventWords(): string {
  return Array.from({ length: 6 }, inventWord).join("-");
}

function inventWord(): string {
  return Array.from({ length: 3 }, () => syllables[randomInt(syllables.length)]).join("");
}

/** Every form in which a text may turn up. */
function formsOf(text: string): readonly string[] {
  const base64 = Buffer.from(text).toString("base64").replace(/=+$/, "");
  const whole = [text, encodeURIComponent(text), base64];
  const parts = Array.from({ length: Math.max(0, text.length - shortest + 1) }, (_, at) =>
    text.slice(at, at + shortest),
  );
  return [...whole, ...parts];
}

/** Creates an empty field. */
export function createPlanted(): Planted {
  const forms = new Map<string, string>();
  function add(where: string, text: string): string {
    for (const form of formsOf(text)) forms.set(form, where);
    return text;
  }
  return {
    plant: (where) => add(where, inventWords()),
    add,
    findIn(text) {
      return [...new Set([...forms].flatMap(([form, where]) => (text.includes(form) ? [where] : [])))];
    },
  };
}
