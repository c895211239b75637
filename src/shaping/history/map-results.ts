import type { Message, ToolCallPart, ToolResultPart } from "../../model/request.ts";

/** The result of a tool in its conversation. */
export interface PlacedResult {
  readonly result: ToolResultPart;
  /** What it answers; `undefined` when that is not there. */
  readonly call: ToolCallPart | undefined;
  /** How many results came after it. */
  readonly newer: number;
  /** How often the model called tools after it. */
  readonly turnsSince: number;
}

/** The call of each result: the last one of its id before it, since some clients use an id again in each turn. */
function callsOf(messages: readonly Message[]): ReadonlyMap<ToolResultPart, ToolCallPart> {
  const calls = new Map<string, ToolCallPart>();
  const answered = new Map<ToolResultPart, ToolCallPart>();
  for (const { role, parts } of messages) {
    if (role === "assistant")
      for (const part of parts) if (part.type === "tool-call") calls.set(part.callId, part);
    if (role !== "tool") continue;
    for (const result of parts) {
      const call = calls.get(result.callId);
      if (call !== undefined) answered.set(result, call);
    }
  }
  return answered;
}

/**
 * A conversation with other results of its tools, the newest first; all else stays as it is, a message of which nothing
 * changes is the same object, and so is the list.
 */
export function mapResults(
  messages: readonly Message[],
  edit: (placed: PlacedResult) => ToolResultPart,
): readonly Message[] {
  if (!messages.some(({ role }) => role === "tool")) return messages;
  const calls = callsOf(messages);
  const mapped: Message[] = [];
  let newer = 0;
  let turnsSince = 0;
  for (const message of messages.toReversed()) {
    if (message.role === "assistant" && message.parts.some(({ type }) => type === "tool-call"))
      turnsSince += 1;
    if (message.role !== "tool") {
      mapped.push(message);
      continue;
    }
    const parts: ToolResultPart[] = [];
    for (const result of message.parts.toReversed()) {
      parts.push(edit({ result, call: calls.get(result), newer, turnsSince }));
      newer += 1;
    }
    parts.reverse();
    const isSame = parts.every((part, index) => part === message.parts[index]);
    mapped.push(isSame ? message : { role: "tool", parts });
  }
  mapped.reverse();
  return mapped.every((message, index) => message === messages[index]) ? messages : mapped;
}
