import type { SnippetRequest, SnippetTarget } from "./snippet.ts";
import { writeAiSdk } from "./write-ai-sdk.ts";
import { writeAnthropic } from "./write-anthropic.ts";
import { writeCurl } from "./write-curl.ts";
import { writeOpenAi, writePython } from "./write-openai.ts";

/** A way to send the same request from elsewhere. */
export interface SnippetWay {
  readonly name: string;
  readonly language: string;
  readonly write: (request: SnippetRequest, target: SnippetTarget) => string;
}

/** All ways, in the order in which they are offered. */
export const snippetWays = {
  curl: { name: "curl", language: "sh", write: writeCurl },
  openai: { name: "OpenAI SDK", language: "js", write: writeOpenAi },
  python: { name: "Python", language: "python", write: writePython },
  anthropic: { name: "Anthropic SDK", language: "js", write: writeAnthropic },
  ai: { name: "AI SDK", language: "js", write: writeAiSdk },
} as const satisfies Record<string, SnippetWay>;

/** The name of a way. */
export type SnippetName = keyof typeof snippetWays;
