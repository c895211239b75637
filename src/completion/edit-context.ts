import type { AppliedEdit, ContextEdit } from "../model/context-edit.ts";
import type { ChatRequest } from "../model/request.ts";
import { clearThinking } from "../shaping/history/clear-thinking.ts";
import { clearToolUses, countToolUses } from "../shaping/history/clear-tool-uses.ts";
import type { EditedContext } from "./chat-service.ts";

/**
 * Applies edits, one after the other. `count` tells the tokens of a request, as the model sees them; it is asked only
 * when an edit would change something. Thinking is never shown to the model again, so clearing it saves nothing.
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
    if (edit.kind === "clear-tool-uses") {
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
