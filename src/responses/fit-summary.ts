import type { ChatService } from "../completion/chat-service.ts";
import { shorten } from "../errors.ts";
import { type ModelWindow, roomForPrompt } from "../model/leg.ts";
import type { ChatRequest, Message } from "../model/request.ts";

/** Lengths to which results of tools are cut, one after the other, until all fits; in characters. */
const resultLengths = [8000, 2000, 500] as const;

function cutResults(request: ChatRequest, longest: number): ChatRequest {
  const messages = request.messages.map((message): Message => {
    if (message.role !== "tool") return message;
    const parts = message.parts.map((result) => ({
      ...result,
      content: result.content.map((part) =>
        part.type === "text" ? { ...part, text: shorten(part.text, longest) } : part,
      ),
    }));
    return { role: "tool", parts };
  });
  return { ...request, messages };
}

/** Leaves out the first `count` messages that are neither the user's nor instructions. */
function dropOldest(request: ChatRequest, count: number): ChatRequest {
  let left = count;
  const messages = request.messages.filter(({ role }) => {
    if (role === "user" || role === "system" || left === 0) return true;
    left -= 1;
    return false;
  });
  return { ...request, messages };
}

/**
 * Makes a request for a summary fit into the model's `window`: a conversation is compacted because it has grown too
 * long, often by the last result. Long results lose their middle first, then the oldest calls and answers are left
 * out; never the user's words. If even that is too long, the completion says so.
 */
export async function fitSummary(
  chat: Pick<ChatService, "fits">,
  request: ChatRequest,
  { window, signal }: { readonly window: ModelWindow; readonly signal: AbortSignal },
): Promise<ChatRequest> {
  const room = roomForPrompt(window);
  if (room === undefined) return request;
  const { contextLength = room } = window;
  const quarter = Math.ceil(contextLength / 4);
  const reserve = Math.min(request.maxOutputTokens ?? quarter, quarter);
  const budget = Math.min(room, contextLength - reserve);

  function fits(candidate: ChatRequest): Promise<boolean> {
    return chat.fits(candidate, budget, signal);
  }

  if (await fits(request)) return request;
  let candidate = request;
  for (const length of resultLengths) {
    candidate = cutResults(request, length);
    if (await fits(candidate)) return candidate;
  }
  // The smallest number of dropped messages that fits lies in [low, high]; `high` is taken on trust.
  let low = 1;
  let high = request.messages.filter(({ role }) => role === "assistant" || role === "tool").length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(dropOldest(candidate, middle))) high = middle;
    else low = middle + 1;
  }
  return dropOldest(candidate, low);
}
