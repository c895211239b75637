import type { WireMessage, WireRequest } from "./wire.ts";

/** Tools that take fewer characters are too little to tell by. */
const fewCharacters = 1000;
/** No tokenizer gets this many characters of honest text into one token. */
const mostPerToken = 12;
/** And the messages themselves hardly get to so many, on the whole. */
const manyPerToken = 8;

/**
 * Whether a server dropped the tools without a word (llama.cpp with a template that has none): its own count of the prompt has no room for
 * them, but has for the messages. Only what can't be otherwise counts: where the messages are longer than the tools nobody can
 * tell. `characters` are those of the whole body; they answer most requests at once.
 */
export function hasLostTools(
  { tools, messages }: Pick<WireRequest, "tools" | "messages">,
  promptTokens: number,
  characters: number,
): boolean {
  if (tools === undefined || promptTokens * mostPerToken >= characters) return false;
  const ofTools = JSON.stringify(tools).length;
  if (ofTools < fewCharacters) return false;
  let ofMessages = 0;
  for (const message of messages) {
    const count = countCharacters(message);
    if (count === undefined) return false;
    ofMessages += count;
  }
  const isCounted = promptTokens * manyPerToken >= ofMessages;
  return isCounted && promptTokens * mostPerToken < ofMessages + ofTools;
}

/** `undefined` with pictures, whose tokens nobody knows. */
function countCharacters({ content, tool_calls: calls = [] }: WireMessage): number | undefined {
  let count = typeof content === "string" ? content.length : 0;
  for (const part of typeof content === "string" || content === null ? [] : content) {
    if (part.type !== "text") return undefined;
    count += part.text.length;
  }
  for (const call of calls) count += call.function.name.length + call.function.arguments.length;
  return count;
}
