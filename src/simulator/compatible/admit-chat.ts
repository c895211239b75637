import { estimateTokens } from "../split-text.ts";
import type { JsonObject, Persona, Problem } from "./persona.ts";
import type { ChatRequest } from "./read-chat.ts";
import type { CompatibleModel, ToolSupport } from "./types.ts";

/** What a request is held against. */
export interface Terms {
  readonly persona: Persona;
  readonly model: CompatibleModel;
  readonly tools: ToolSupport;
  /** What the request allows for the answer. */
  readonly limit: number | undefined;
}

/** The request as the model gets to see it, or what its server says against it. */
export function admitChat(asked: ChatRequest, terms: Terms): ChatRequest | Problem {
  const { persona, model, tools, limit = 0 } = terms;
  const keepsAll = persona.request.developer === "kept";
  const messages = asked.messages.filter(({ role }) => keepsAll || role !== "developer");
  const chat = { ...asked, messages };
  const refused =
    persona.wording.refusal(chat, model) ?? refuseTools(chat, terms) ?? refuseImages(chat, terms);
  if (refused !== undefined) return refused;
  const window = windowOf(model);
  const tooLong = persona.wording.tooLong({ window, input: countPrompt(chat, tools), output: limit });
  if (tooLong !== "cut") return tooLong ?? chat;
  return cutToFit(chat, window, tools);
}

/** The limit of the answer, in the first field that the server knows. */
export function limitOf(body: JsonObject, { request }: Persona): number | undefined {
  return request.limits.map((name) => body[name]).find((value) => typeof value === "number");
}

/** A model's context in tokens. */
export function windowOf({ contextLength = 32_768 }: CompatibleModel): number {
  return contextLength;
}

/** Tokens of the prompt; tools count where the model gets to see them. */
export function countPrompt({ messages, body }: ChatRequest, tools: ToolSupport): number {
  const offered =
    Array.isArray(body["tools"]) && (tools === "native" || tools === "leaky") ? body["tools"] : [];
  const toolCharacters = offered.reduce((sum: number, tool) => sum + JSON.stringify(tool).length, 0);
  return estimateTokens(messages.reduce((sum, { text }) => sum + text.length, toolCharacters));
}

function refuseTools(
  { tools: offered, toolChoice }: ChatRequest,
  { persona, model, tools }: Terms,
): Problem | undefined {
  const asks = offered.length > 0 && toolChoice !== "none";
  return asks && tools === "none-400" ? persona.wording.noTools(model.id, toolChoice) : undefined;
}

function refuseImages({ messages }: ChatRequest, { persona, model }: Terms): Problem | undefined {
  const shows = messages.some(({ images }) => images > 0);
  return shows && model.images !== true ? persona.wording.noImages(model.id) : undefined;
}

/** Leaves out the oldest messages but the system's until the rest fits; the newest stays. */
function cutToFit(chat: ChatRequest, window: number, tools: ToolSupport): ChatRequest {
  let messages = [...chat.messages];
  while (countPrompt({ ...chat, messages }, tools) > window) {
    const oldest = messages.findIndex(({ role }) => role !== "system");
    if (oldest === -1 || oldest === messages.length - 1) break;
    messages = messages.toSpliced(oldest, 1);
  }
  return { ...chat, messages };
}
