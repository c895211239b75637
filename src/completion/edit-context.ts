import type { AppliedEdit, ContextEdit } from "../model/context-edit.ts";
import type { ChatRequest, Message } from "../model/request.ts";
import { clearThinking } from "../shaping/history/clear-thinking.ts";
import { clearToolUses, countToolUses } from "../shaping/history/clear-tool-uses.ts";
import type { EditedContext } from "./chat-service.ts";

/**
 * Applies edits, one after the other. `count` tells the tokens of a request, as the model sees them; it is asked only
 * when an edit would change something. Clearing thinking saves as much as the model would be shown of it: mostly nothing.
 */
export async function editContext(
  request: ChatRequest,
  edits: readonly ContextEdit[],
  count: (request: ChatRequest) => Promise<number>,
): Promise<EditedContext> {
  let current = request;
  const applied: AppliedEdit[] = [];
  for (const edit of edits) {
    const { kind } = edit;
    const cleared =
      edit.kind === "clear-thinking"
        ? clearThinking(current.messages, edit)
        : clearToolUses(current.messages, edit);
    if (cleared.count === 0) continue;
    const next = { ...current, messages: cleared.messages };
    let tokens = 0;
    if (edit.kind === "clear-thinking") {
      tokens = await countThinking(current, next, count);
    } else {
      const { unit, value } = edit.trigger;
      if (unit === "tool-uses" && countToolUses(current.messages) <= value) continue;
      const before = await count(current);
      if (unit === "input-tokens" && before <= value) continue;
      tokens = Math.max(0, before - (await count(next)));
      if (tokens < edit.clearAtLeast) continue;
    }
    current = next;
    applied.push({ kind, cleared: cleared.count, tokens });
  }
  return { request: current, applied };
}

/** Tokens of the thinking that `next` has no more, counted by itself: the rest of a conversation can be long. */
async function countThinking(
  current: ChatRequest,
  next: ChatRequest,
  count: (request: ChatRequest) => Promise<number>,
): Promise<number> {
  const cleared = current.messages.flatMap((message, index): Message[] => {
    if (message.role !== "assistant" || message === next.messages[index]) return [];
    return [{ role: "assistant", parts: message.parts.filter(({ type }) => type === "reasoning") }];
  });
  const end: Message = { role: "user", parts: [{ type: "text", text: "." }] };
  const bare: ChatRequest = { ...current, tools: [], responseFormat: { kind: "text" }, messages: [end] };
  return Math.max(0, (await count({ ...bare, messages: [...cleared, end] })) - (await count(bare)));
}
