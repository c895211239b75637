import type { ClearThinking } from "../../model/context-edit.ts";
import type { Message } from "../../model/request.ts";
import type { Cleared } from "./clear-tool-uses.ts";

/** Takes the thinking out of all turns that have some, but for the newest `keep` of them. */
export function clearThinking(messages: readonly Message[], { keep }: Pick<ClearThinking, "keep">): Cleared {
  const thinking = messages.filter(
    ({ role, parts }) => role === "assistant" && parts.some(({ type }) => type === "reasoning"),
  );
  const old = new Set(keep === "all" ? [] : thinking.slice(0, Math.max(0, thinking.length - keep)));
  if (old.size === 0) return { messages, count: 0 };
  const without = messages.map((message): Message => {
    if (message.role !== "assistant" || !old.has(message)) return message;
    return { role: "assistant", parts: message.parts.filter(({ type }) => type !== "reasoning") };
  });
  return { messages: without, count: old.size };
}
