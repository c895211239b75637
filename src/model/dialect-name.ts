/** The APIs by which clients ask, as settings, the log and the ledger name them. */
export const dialectNames = [
  "openai-chat",
  "openai-completions",
  "openai-responses",
  "openai-images",
  "openai-embeddings",
  "openai-audio",
  "anthropic-messages",
  "ollama-chat",
  "ollama-generate",
  "ollama-embeddings",
  "gemini",
] as const;

/** One of them. */
export type Dialect = (typeof dialectNames)[number];
