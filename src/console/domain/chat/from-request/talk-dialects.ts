const dialects = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini",
  "openai-completions",
  "openai-images",
  "ollama-chat",
  "ollama-generate",
] as const;

/** The APIs by which one talks, or has something drawn, by the names that traces have for them. */
export type TalkDialect = (typeof dialects)[number];

/** The API of a request that can be opened as a chat; `undefined`: it is of another. */
export function findTalkDialect(name: string | null): TalkDialect | undefined {
  return dialects.find((dialect) => dialect === name);
}
