import { asList, asObject, asText, type JsonObject } from "./read-json.ts";

/** Text of an answer, and what it is. */
export interface ContentPiece {
  readonly kind: "text" | "reasoning";
  readonly text: string;
}

/** Reads what a delta or a message says: its thinking, its text, and a refusal, which is text to the reader. */
export function readContent(message: JsonObject): readonly ContentPiece[] {
  return [...readReasoning(message), ...readText(message["content"]), ...readText(message["refusal"])];
}

/**
 * Thinking, from the first field that has some: several may hold the same text (vLLM 0.12 to 0.15; OpenRouter's details).
 */
function readReasoning(message: JsonObject): readonly ContentPiece[] {
  for (const key of ["reasoning_content", "reasoning", "thinking"]) {
    const text = joinTexts(message[key]);
    if (text !== "") return [{ kind: "reasoning", text }];
  }
  const text = joinTexts(message["reasoning_details"]);
  return text === "" ? [] : [{ kind: "reasoning", text }];
}

/** A text, or a list of parts, thinking among them (Mistral). */
function readText(content: unknown): readonly ContentPiece[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return asList(content).flatMap((item): readonly ContentPiece[] => {
    if (typeof item === "string") return readText(item);
    const part = asObject(item) ?? {};
    const type = asText(part["type"]) ?? "text";
    const isThinking = type.includes("thinking") || type.includes("reasoning");
    const text = joinTexts(part);
    return text === "" ? [] : [{ kind: isThinking ? "reasoning" : "text", text }];
  });
}

/** Parts hold lists of parts; deeper than this nobody packs them. */
const deepest = 4;

/** All text in a value, a part or a list of parts. */
function joinTexts(value: unknown, depth = 0): string {
  if (typeof value === "string") return value;
  if (depth > deepest) return "";
  if (Array.isArray(value)) return value.map((item) => joinTexts(item, depth + 1)).join("");
  const part = asObject(value);
  if (part === undefined) return "";
  for (const key of ["text", "thinking", "reasoning", "summary", "content", "refusal"]) {
    const text = joinTexts(part[key], depth + 1);
    if (text !== "") return text;
  }
  return "";
}
