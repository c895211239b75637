import type { ChatService } from "../completion/chat-service.ts";
import { type ModelWindow, roomForPrompt } from "../model/leg.ts";
import type { ChatRequest, Message } from "../model/request.ts";

/** Room that is left for the answer when the request sets no limit, in tokens. */
const defaultReserve = 1024;

/** Where a conversation may begin: no result stands there or later whose call stands before. */
function findBeginnings(messages: readonly Message[]): readonly number[] {
  const called = new Set<string>();
  for (const { role, parts } of messages) {
    if (role === "assistant")
      for (const part of parts) if (part.type === "tool-call") called.add(part.callId);
  }
  const beginnings: number[] = [];
  const awaitTheirCall = new Set<string>();
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (message?.role === "tool") {
      for (const { callId } of message.parts) if (called.has(callId)) awaitTheirCall.add(callId);
    }
    if (message?.role === "assistant") {
      for (const part of message.parts) if (part.type === "tool-call") awaitTheirCall.delete(part.callId);
    }
    if (awaitTheirCall.size === 0) beginnings.push(index);
  }
  return beginnings.reverse();
}

/** Drops what stands before `start`, but never a system message, nor what is said at `kept`. */
function dropBefore(request: ChatRequest, start: number, kept?: number): ChatRequest {
  const messages = request.messages.filter(
    (message, index) => message.role === "system" || index >= start || index === kept,
  );
  return { ...request, messages };
}

/**
 * `truncation: "auto"`: leaves out what is oldest until the prompt fits into the model's `window` with room for an
 * answer: turns of the user first, whole; then the first steps of the last turn, each with its calls and their results.
 * The user's last message, the last step and system messages always stay; if even they are too long, the completion
 * says so. The number of counts grows with the logarithm of the number of turns and steps.
 */
export async function fitContext(
  chat: Pick<ChatService, "fits">,
  request: ChatRequest,
  { window, signal }: { readonly window: ModelWindow; readonly signal: AbortSignal },
): Promise<ChatRequest> {
  const room = roomForPrompt(window);
  if (room === undefined) return request;
  const { contextLength = room } = window;
  const reserve = Math.min(request.maxOutputTokens ?? defaultReserve, Math.floor(contextLength / 4));
  const budget = Math.min(room, contextLength - reserve);
  const { messages } = request;
  const lastTurn = messages.findLastIndex(({ role }) => role === "user");
  const beginnings = findBeginnings(messages);
  const turns = beginnings.filter((index) => messages[index]?.role === "user");
  const steps = beginnings.filter((index) => index > lastTurn + 1 && messages[index]?.role === "assistant");
  const cuts = [
    ...turns.slice(1).map((start) => () => dropBefore(request, start)),
    ...steps.map((start) => () => dropBefore(request, start, lastTurn)),
  ];
  const most = cuts.at(-1);

  function fits(candidate: ChatRequest): Promise<boolean> {
    return chat.fits(candidate, budget, signal);
  }

  if (most === undefined || (await fits(request))) return request;
  // The first cut that fits lies in [low, high]; `high` is taken on trust.
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await fits((cuts[middle] ?? most)())) high = middle;
    else low = middle + 1;
  }
  return (cuts[low] ?? most)();
}
