import type { ClearToolUses } from "../../model/context-edit.ts";
import type { Message, TextPart, ToolCallPart } from "../../model/request.ts";
import { mapResults } from "./map-results.ts";

const note: TextPart = {
  type: "text",
  text: "[This result was cleared, because it is old. Call the tool again if you need it.]",
};

/** A conversation without old results. */
export interface Cleared {
  readonly messages: readonly Message[];
  /** How many of them. */
  readonly count: number;
}

/** How many results of tools a conversation holds. */
export function countToolUses(messages: readonly Message[]): number {
  let count = 0;
  for (const message of messages) if (message.role === "tool") count += message.parts.length;
  return count;
}

/**
 * Puts a note in the place of all results but the newest `keep` and those of tools that are excluded, and nothing in
 * the place of their calls' arguments if that is wished.
 */
export function clearToolUses(
  messages: readonly Message[],
  { keep, excludeTools, clearInputs }: Pick<ClearToolUses, "keep" | "excludeTools" | "clearInputs">,
): Cleared {
  const excluded = new Set(excludeTools);
  const cleared = new Set<ToolCallPart>();
  let count = 0;
  const without = mapResults(messages, ({ result, call, newer }) => {
    if (newer < keep || (call !== undefined && excluded.has(call.name))) return result;
    if (call !== undefined) cleared.add(call);
    // An edit before this one did it.
    if (result.content[0] === note) return result;
    count += 1;
    return { ...result, content: [note] };
  });
  if (clearInputs === false || count === 0) return { messages: without, count };
  const emptied = clearInputs === true ? undefined : new Set(clearInputs);
  return { messages: without.map((message) => withoutInputs(message, cleared, emptied)), count };
}

/** A message without the arguments of the calls in `cleared`, or of those of them that call one of `tools`. */
function withoutInputs(
  message: Message,
  cleared: ReadonlySet<ToolCallPart>,
  tools: ReadonlySet<string> | undefined,
): Message {
  if (message.role !== "assistant") return message;
  const parts = message.parts.map((part) =>
    part.type === "tool-call" && cleared.has(part) && (tools === undefined || tools.has(part.name))
      ? { ...part, arguments: "{}" }
      : part,
  );
  return { role: "assistant", parts };
}
