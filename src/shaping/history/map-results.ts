import type { Message, ToolResultPart } from "../../model/request.ts";

/** The result of a tool in its conversation. */
export interface PlacedResult {
  readonly result: ToolResultPart;
  /** Of the tool; `undefined` when the call is not there. */
  readonly name: string | undefined;
  /** How many results came after it. */
  readonly newer: number;
  /** How often the model called tools after it. */
  readonly turnsSince: number;
}

/** The names of the tools by the ids of their calls. */
function namesOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { role, parts } of messages) {
    if (role !== "assistant") continue;
    for (const part of parts) if (part.type === "tool-call") names.set(part.callId, part.name);
  }
  return names;
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
  const names = namesOf(messages);
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
      parts.push(edit({ result, name: names.get(result.callId), newer, turnsSince }));
      newer += 1;
    }
    parts.reverse();
    const isSame = parts.every((part, index) => part === message.parts[index]);
    mapped.push(isSame ? message : { role: "tool", parts });
  }
  mapped.reverse();
  return mapped.every((message, index) => message === messages[index]) ? messages : mapped;
}
