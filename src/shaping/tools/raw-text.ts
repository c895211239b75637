import type { JsonSchema } from "../../model/request.ts";
import type { MemberWriter, StringWriter } from "../json/member-writer.ts";
import { jsonLimits, parseBounded } from "../parse-bounded.ts";
import { isShallow } from "../parse-leniently.ts";
import { typesOf } from "../schema/resolve-schema.ts";
import { gatherText, type GatheredText } from "./gather-text.ts";

const pythonWords: ReadonlyMap<string, boolean | null> = new Map([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/** Blanks before a value that is no text. */
const longestBlanks = 64;
const nulls = ["null", "None"];

type Types = ReadonlySet<string>;

/**
 * Writes values that come as raw text (between tags, say), of which only the schema tells what they stand for. Where
 * nothing but text can be meant it goes on as it comes; anything else waits until it is whole.
 */
export function createRawTextWriter(writer: MemberWriter, root: JsonSchema): StringWriter {
  const { members } = writer;
  let key = "";
  let types: Types = new Set();
  let held: GatheredText = gatherText();
  let kind: "text" | "value" | undefined;

  function pass(text: string): void {
    writer.piece(JSON.stringify(text).slice(1, -1));
  }

  function beginText(): void {
    writer.beginString(key);
    pass(held.text());
  }

  function decide(): void {
    kind = kindOf(held.text(), types);
    if (kind === "text") beginText();
  }

  return {
    beginString(spelled) {
      key = spelled;
      types = typesOf(members.schemaFor(members.keyFor(key)), root);
      held = gatherText();
      decide();
    },
    piece(text) {
      if (kind === "text") {
        pass(text);
        return;
      }
      held.add(text);
      if (kind === undefined) decide();
    },
    endString() {
      const text = held.text();
      if (kind !== "text" && text.length <= jsonLimits.text) {
        writer.value(key, readText(text, types), text.length);
        return;
      }
      // Too long to be looked into: it stays as it is.
      if (kind !== "text") beginText();
      writer.endString();
    },
  };
}

/** What a text stands for, as far as its beginning tells; `undefined` while that may still be text or something else. */
function kindOf(text: string, types: Types): "text" | "value" | undefined {
  if (!types.has("string") || opensJson(text, types)) return "value";
  const mayBeNull = types.has("null");
  if (text.length > longestBlanks || !(mayBeNull || types.has("object") || types.has("array"))) return "text";
  const begun = text.trim();
  return begun === "" || (mayBeNull && nulls.some((word) => word.startsWith(begun))) ? undefined : "text";
}

/** Whether text begins as a value of JSON that is wanted. */
function opensJson(text: string, types: Types): boolean {
  const first = text.trimStart().charAt(0);
  return (first === "{" && types.has("object")) || (first === "[" && types.has("array"));
}

/** The value of a whole text: text where text is wanted and it is nothing else that is, otherwise JSON if it is JSON. */
function readText(text: string, types: Types): unknown {
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
