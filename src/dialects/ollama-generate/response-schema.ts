import { z } from "zod";

import { ollamaEnd, ollamaHead, ollamaLoaded, ollamaThinking } from "../ollama-answer-schema.ts";

/** The answers of `POST /api/generate`, as the reference tells of them. Source: `GenerateResponse` of Ollama. */

const response = z.string().describe("The text; empty beside thinking, and in a heartbeat.");
const nothing = z.literal("");

/** The answer without a stream. */
export const responseSchema = z.object({
  ...ollamaHead,
  response,
  thinking: ollamaThinking,
  ...ollamaEnd,
});

/** The answer to a request without a prompt. */
export const loadSchema = z.object({ ...ollamaHead, response: nothing, ...ollamaLoaded });

/** A line of a stream, but for the last one. */
export const streamLine = z.object({
  ...ollamaHead,
  response,
  thinking: ollamaThinking,
  done: z.literal(false),
});

/** The last line of a stream that did not fail. */
export const lastLine = z.object({ ...ollamaHead, response: nothing, ...ollamaEnd });
