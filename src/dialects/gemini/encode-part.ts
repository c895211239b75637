import type { Block } from "../../model/collect.ts";
import { isRecord } from "../find-ignored.ts";

/** A part of an answer. */
export type WireAnswerPart =
  | { readonly text: string; readonly thought?: true }
  | {
      readonly functionCall: {
        readonly id: string;
        readonly name: string;
        readonly args: Readonly<Record<string, unknown>>;
      };
    };

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut, or never JSON: whoever asks judges what that means.
    return undefined;
  }
}

/** The word in a JSON text; what is none stays as it is. */
function readWord(text: string): string {
  const word = parseJson(text);
  return typeof word === "string" ? word : text;
}

/**
 * Encodes a finished block. `undefined` for a call whose arguments are no object, as those of one that the token limit cut: whoever got it would
 * run it. `bareEnum`: the text is one word, given without the quotes of JSON.
 */
export function encodePart(block: Block, bareEnum: boolean): WireAnswerPart | undefined {
  switch (block.kind) {
    case "text":
      return { text: bareEnum ? readWord(block.text) : block.text };
    case "reasoning":
      return { text: block.text, thought: true };
    default: {
      const args = block.arguments === "" ? {} : parseJson(block.arguments);
      return isRecord(args) ? { functionCall: { id: block.callId, name: block.name, args } } : undefined;
    }
  }
}
