import { z } from "zod";

import { ollamaEnd, ollamaHead, ollamaLoaded, ollamaThinking } from "../ollama-answer-schema.ts";

/** The answers of `POST /api/chat`, as the reference tells of them. Source: `ChatResponse` of Ollama. */

const role = z.literal("assistant");

const toolCall = z.object({
  id: z.string(),
  function: z.object({
    index: z.int().describe("Which one of the answer it is."),
    name: z.string(),
    arguments: z.record(z.string(), z.unknown()).describe("By the schema of the tool."),
  }),
});

const message = z.object({
  role,
  content: z.string().describe("Empty beside thinking and calls, and in a heartbeat."),
  thinking: ollamaThinking,
  tool_calls: z.array(toolCall).optional().describe("Each of them whole."),
});

const nothing = z.object({ role, content: z.literal("") });

/** The answer without a stream. */
export const responseSchema = z.object({ ...ollamaHead, message, ...ollamaEnd });

/** The answer to a request without messages. */
export const loadSchema = z.object({ ...ollamaHead, message: nothing, ...ollamaLoaded });

/** A line of a stream, but for the last one. */
export const streamLine = z.object({ ...ollamaHead, message, done: z.literal(false) });

/** The last line of a stream that did not fail. */
export const lastLine = z.object({ ...ollamaHead, message: nothing, ...ollamaEnd });
