import type { Message } from "../../model/request.ts";

/** The form in which Kimi K2 was trained to name its calls, counted over the conversation. */
const kimiForm = /^functions\..+:\d+$/s;

/**
 * The ids that a model gets for the calls of a conversation. Kimi K2 sees them in its prompt and goes on in the form that it finds
 * there, which its parser can't read (https://huggingface.co/moonshotai/Kimi-K2-Instruct/blob/main/docs/tool_call_guidance.md), so
 * calls that others made, or that got an id of ours, are named in its form there. All others get the ids as they are.
 */
export function createCallIds(messages: readonly Message[], model: string): (callId: string) => string {
  if (!/kimi-?k2/i.test(model)) return (callId) => callId;
  const calls = messages.flatMap((message) =>
    message.role === "assistant" ? message.parts.filter((part) => part.type === "tool-call") : [],
  );
  const own = calls.map(({ callId }) => callId).filter((callId) => kimiForm.test(callId));
  const taken = new Set(own);
  const ids = new Map(own.map((callId) => [callId, callId]));
  for (const [at, { callId, name }] of calls.entries()) {
    if (ids.has(callId)) continue;
    let count = at;
    while (taken.has(`functions.${name}:${count}`)) count += 1;
    const id = `functions.${name}:${count}`;
    taken.add(id);
    ids.set(callId, id);
  }
  return (callId) => ids.get(callId) ?? callId;
}
