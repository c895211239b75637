import type { ChatService } from "../../completion/chat-service.ts";
import type { ChatRequest, Message } from "../../model/request.ts";

/** Room that is left for the answer when the request sets no limit, in tokens. */
const defaultReserve = 1024;

/** Where a turn of the user begins: only there a conversation may start without losing a call's result. */
function turnStarts(messages: readonly Message[]): readonly number[] {
  return messages.flatMap((message, index) => (message.role === "user" ? [index] : []));
}

/** Drops what stands before `start`, but never a system message. */
function dropBefore(request: ChatRequest, start: number): ChatRequest {
  const messages = request.messages.filter((message, index) => message.role === "system" || index >= start);
  return { ...request, messages };
}

/**
 * `truncation: "auto"`: leaves out the oldest turns until the prompt fits into `contextLength` tokens with room
 * for an answer. The last turn and system messages always stay; if even they are too long, the completion
 * says so. The number of counts grows with the logarithm of the number of turns.
 */
export async function fitContext(
  chat: Pick<ChatService, "countTokens">,
  request: ChatRequest,
  { contextLength, signal }: { readonly contextLength: number | undefined; readonly signal: AbortSignal },
): Promise<ChatRequest> {
  if (contextLength === undefined) return request;
  const reserve = Math.min(request.maxOutputTokens ?? defaultReserve, Math.floor(contextLength / 4));
  const budget = contextLength - reserve;
  const starts = turnStarts(request.messages);

  async function fits(candidate: ChatRequest): Promise<boolean> {
    return (await chat.countTokens(candidate, signal)) <= budget;
  }

  if (starts.length < 2 || (await fits(request))) return request;
  // The smallest number of dropped turns that fits lies in [low, high]; `high` is taken on trust.
  let low = 1;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(dropBefore(request, starts[middle] ?? 0))) high = middle;
    else low = middle + 1;
  }
  return dropBefore(request, starts[low] ?? 0);
}
