import type { Lane, Settings } from "../chat.ts";
import { readObject } from "../read-settings.ts";
import { type Json, text } from "./json.ts";
import { readChatBody } from "./read-chat-body.ts";
import { readGeminiBody } from "./read-gemini-body.ts";
import { readMessagesBody } from "./read-messages-body.ts";
import { readOllamaBody, readOllamaPrompt } from "./read-ollama-body.ts";
import { readPromptBody } from "./read-prompt-body.ts";
import { readResponsesBody } from "./read-responses-body.ts";
import { createTalk, type Talk } from "./talk.ts";
import type { TalkDialect } from "./talk-dialects.ts";

/** A request as a chat: what was said and wished for as the client sent it, without thinking. */
export interface OpenedRequest {
  readonly lane: Lane;
  readonly settings: Settings;
  /** What a chat has no place for, by the names of the API. */
  readonly left: readonly string[];
}

/** How the body of each API is read. */
const readers: Readonly<Record<TalkDialect, (body: Json, talk: Talk) => Settings>> = {
  "openai-chat": readChatBody,
  "openai-responses": readResponsesBody,
  "anthropic-messages": readMessagesBody,
  gemini: readGeminiBody,
  "openai-completions": readPromptBody,
  "openai-images": readPromptBody,
  "ollama-chat": readOllamaBody,
  "ollama-generate": readOllamaPrompt,
};

/** Opens the body of a request. `undefined`: it is no JSON, as one that was cut. `model`: that of a request without one. */
export function openRequest(dialect: TalkDialect, body: string, model: string): OpenedRequest | undefined {
  const parsed = readObject(body);
  if (parsed === undefined) return undefined;
  const asked = text(parsed["model"]) || model;
  const talk = createTalk(asked);
  const settings = readers[dialect](parsed, talk);
  return { lane: { model: asked, turns: talk.turns }, settings, left: talk.left };
}
