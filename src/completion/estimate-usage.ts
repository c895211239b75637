import type { Usage } from "../model/events.ts";
import type { PlainRequest } from "../model/plain-request.ts";
import { countTokens, mostTokens } from "../shaping/count-tokens.ts";

/** What a chat template adds to each message, and to the beginning of the answer. */
const tokensPerMessage = 4;
const tokensForAnswer = 3;

/** How Akash Chat puts a file before the messages (recording 266-ctx-files). */
function* textsOf(plain: PlainRequest): Iterable<string> {
  yield plain.system;
  for (const message of plain.messages) yield message.text;
  for (const file of plain.files) yield `This is the content of the file ${file.name}: ${file.text}`;
}

/** Tokens of all that is sent, as `model` sees it with its chat template. Images are not counted. Never 0. */
export function countPlainTokens(plain: PlainRequest, model: string): number {
  let count = tokensForAnswer;
  for (const text of textsOf(plain)) count += countTokens(text, model) + tokensPerMessage;
  return count;
}

/**
 * Tokens as Akash Chat counts them against a model's limit (cl100k_base, the texts alone), or undefined when the
 * length shows without counting that there are not more than `limit`.
 */
export function countAgainstLimit(plain: PlainRequest, limit: number): number | undefined {
  let most = 0;
  for (const text of textsOf(plain)) most += mostTokens(text);
  if (most <= limit) return undefined;
  let bytes = 0;
  for (const text of textsOf(plain)) bytes += Buffer.byteLength(text);
  if (bytes <= limit) return undefined;
  let count = 0;
  for (const text of textsOf(plain)) count += countTokens(text);
  return count;
}

/** Adds the usage of two turns. An unknown part makes the sum unknown, an estimate makes it an estimate. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum = (key: "inputTokens" | "outputTokens"): { [name in typeof key]?: number } => {
    const [left, right] = [a[key], b[key]];
    return left === undefined || right === undefined ? {} : { [key]: left + right };
  };
  const reasoning = (a.reasoningTokens ?? 0) + (b.reasoningTokens ?? 0);
  return {
    ...sum("inputTokens"),
    ...sum("outputTokens"),
    ...(reasoning > 0 ? { reasoningTokens: reasoning } : {}),
    estimated: a.estimated || b.estimated,
  };
}
