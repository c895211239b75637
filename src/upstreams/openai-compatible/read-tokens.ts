import type { NamedTokens } from "./failure.ts";

type Name = keyof NamedTokens;

const number = String.raw`(\d[\d,]{0,15})`;

function sentence(source: string): RegExp {
  return new RegExp(source.replaceAll("N", number), "i");
}

/**
 * Where servers name what fits, what was sent and what was asked for; `N` is the number. First match wins. Sources:
 * the texts of vLLM, SGLang, llama.cpp, TGI, LM Studio, OpenAI, Anthropic, Gemini, xAI, Mistral, Kimi, DeepSeek and OpenRouter.
 */
const sentences: Readonly<Record<Name, readonly RegExp[]>> = {
  window: [
    "context length (?:is |of )(?:only )?N",
    String.raw`context length \(?N`,
    "maximum model length of N",
    String.raw`maximum allowed length \(N`,
    String.raw`context (?:window|size|length) ?(?:of|is|:|\()? ?(?:only )?N`,
    String.raw`inputs. tokens \+ .max_new_tokens. must be <= N`,
    "must have less than N tokens",
    "supports? at most N (?:completion|output) tokens",
    String.raw`max_(?:new|completion|output)?_?tokens\W{1,3}must be (?:<=|less than or equal to|at most) \W?N`,
    String.raw`max_tokens\W{0,3} (?:is|should be) \[\d+, ?N\]`,
    String.raw`max_tokens: \d+ > N`,
    String.raw`\btokens? > N maximum`,
    "maximum number of tokens allowed \\(N",
    "maximum (?:prompt|input) length (?:is|of) N",
    "token limit:? N",
    "for model with N maximum",
    String.raw`input length should be \[\d+, ?N\]`,
    "maximum (?:of|is) N (?:input )?tokens",
  ].map(sentence),
  input: [
    "contains? (?:at least )?N input tokens",
    "has N input tokens",
    String.raw`\(N (?:tokens )?in the (?:messages|prompt)`,
    String.raw`prompt \(length N\)`,
    String.raw`(?:input|request|prompt|input length) \(N tokens\)`,
    String.raw`Given: N .inputs. tokens`,
    String.raw`must have less than \d+ tokens\. Given: N`,
    String.raw`(?:prompt is too long|input is too long):? N tokens`,
    String.raw`messages resulted in N tokens`,
    String.raw`input token count (?:is )?\(?N`,
    "prompt contains N tokens",
    "request contains N tokens",
    "requested: N",
    String.raw`N tokens from the input messages`,
  ].map(sentence),
  output: [
    "requested N output tokens",
    String.raw`N (?:tokens )?(?:in|for) the (?:completion|output)`,
    "too large: N",
    "and N .max_new_tokens.",
    String.raw`max_tokens: N >`,
    "whereas you provided N",
    String.raw`max_new_tokens. must be <= \d+\. Given: N`,
  ].map(sentence),
};

/** OpenRouter counts what it puts into the prompt apart: text, tools, images. */
const parts = /(\d[\d,]{0,15}) of (?:text|tool|image|audio|file)s? input/gi;

/** The numbers that an error's words name. What they don't name is left out. */
export function readTokens(words: string): NamedTokens {
  const found: { [name in Name]?: number } = {};
  for (const name of ["window", "input", "output"] as const) {
    const match = sentences[name].map((pattern) => pattern.exec(words)?.[1]).find(Boolean);
    // "requested 0 output tokens": nothing was asked for.
    if (match !== undefined && toNumber(match) > 0) found[name] = toNumber(match);
  }
  const sum = [...words.matchAll(parts)].reduce((total, match) => total + toNumber(match[1] ?? ""), 0);
  return sum > 0 ? { ...found, input: sum } : found;
}

function toNumber(digits: string): number {
  return Number(digits.replaceAll(",", ""));
}
