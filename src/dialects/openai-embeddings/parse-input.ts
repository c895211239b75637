import { GatewayError } from "../../errors.ts";
import type { EmbeddingRequest } from "../../model/embedding.ts";

/** Texts of one request, as in OpenAI's reference. */
export const mostTexts = 2048;
/** UTF-16 units of all texts together: some million tokens. A token's number counts as four. */
const longestInput = 4_000_000;
const unitsPerToken = 4;

/**
 * Reads `input`: a text, a list of texts, a text as a list of token numbers, or a list of these. Throws kind
 * `invalid-request` that names the place. Not by a schema, which would describe each of 100,000 numbers that are no text.
 */
export function parseInput(input: unknown): EmbeddingRequest["input"] {
  if (input === undefined || input === null) throw refuse("input", "is missing: expected a text or a list");
  const isTokens = Array.isArray(input) && typeof input[0] === "number";
  if (!isTokens && Array.isArray(input)) {
    if (input.length === 0) throw refuse("input", "is not valid: expected at least one text");
    if (input.length > mostTexts) {
      throw refuse("input", `is not valid: ${input.length} texts are more than ${mostTexts} in one request`);
    }
    const texts = input.map((text: unknown, at) => parseText(text, `input[${at}]`));
    const other = texts.findIndex((text) => typeof text !== typeof texts[0]);
    if (other !== -1) throw refuse(`input[${other}]`, "is not valid: texts and token numbers are mixed");
    return checkLength(texts);
  }
  return checkLength([parseText(input, "input")]);
}

function parseText(text: unknown, place: string): string | readonly number[] {
  if (typeof text === "string") {
    if (text === "") throw refuse(place, "is not valid: an empty text has no vector");
    return text;
  }
  if (!Array.isArray(text)) throw refuse(place, "is not valid: expected a text or a list of token numbers");
  if (text.length === 0) throw refuse(place, "is not valid: an empty text has no vector");
  return text.map((token: unknown, at) => {
    if (typeof token === "number" && Number.isSafeInteger(token) && token >= 0) return token;
    throw refuse(`${place}[${at}]`, "is not valid: expected the number of a token");
  });
}

function checkLength(texts: EmbeddingRequest["input"]): EmbeddingRequest["input"] {
  let length = 0;
  for (const text of texts) length += typeof text === "string" ? text.length : text.length * unitsPerToken;
  if (length <= longestInput) return texts;
  throw refuse("input", `is not valid: all texts together are longer than ${longestInput} characters`);
}

function refuse(place: string, text: string): GatewayError {
  return new GatewayError("invalid-request", `'${place}' ${text}.`, { param: place });
}
