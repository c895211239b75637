import type { Message, ToolResultPart } from "../model/request.ts";

/**
 * Gives calls of one turn of the assistant (in one message or several) that have the same id ids of their own, the second `x` is `x-2`, and their
 * results, in order, the same: servers refuse a turn with the same id twice. All others keep theirs.
 */
export function numberCallIds(messages: readonly Message[]): readonly Message[] {
  const ids = messages.flatMap((message) => (message.role === "assistant" ? callIdsOf(message) : []));
  const taken = new Set(ids);
  if (taken.size === ids.length) return messages;
  const numbers = new Map<string, number>();
  /** Of the calls of the turn, by the id that they came with. */
  let turn = new Map<string, { readonly ids: string[]; results: number }>();
  let hasResults = false;

  function createId(id: string): string {
    let number = numbers.get(id) ?? 1;
    let numbered: string;
    do {
      number += 1;
      numbered = `${id}-${number}`;
    } while (taken.has(numbered));
    numbers.set(id, number);
    taken.add(numbered);
    return numbered;
  }

  function nameCall(id: string): string {
    const calls = turn.get(id) ?? { ids: [], results: 0 };
    turn.set(id, calls);
    const callId = calls.ids.length === 0 ? id : createId(id);
    calls.ids.push(callId);
    return callId;
  }

  function nameResult(part: ToolResultPart): ToolResultPart {
    const calls = turn.get(part.callId);
    if (calls === undefined) return part;
    const callId = calls.ids[calls.results] ?? part.callId;
    calls.results += 1;
    return callId === part.callId ? part : { ...part, callId };
  }

  return messages.map((message): Message => {
    if (message.role === "tool") {
      hasResults ||= message.parts.length > 0;
      return { ...message, parts: message.parts.map(nameResult) };
    }
    // Without a word it is no turn, and the assistant's goes on behind it.
    if (message.role === "system" && message.parts.every(({ text }) => text.trim() === "")) return message;
    if (message.role !== "assistant" || hasResults) turn = new Map();
    hasResults = false;
    if (message.role !== "assistant") return message;
    const parts = message.parts.map((part) =>
      part.type === "tool-call" ? { ...part, callId: nameCall(part.callId) } : part,
    );
    return { ...message, parts };
  });
}

function callIdsOf({ parts }: Extract<Message, { role: "assistant" }>): string[] {
  return parts.flatMap((part) => (part.type === "tool-call" ? part.callId : []));
}
