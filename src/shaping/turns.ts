import type { Message, TextPart, ToolResultPart } from "../model/request.ts";

/** A message that is no system message. */
export type Turn = Exclude<Message, { readonly role: "system" }>;

type Of<Role extends Turn["role"]> = Extract<Turn, { readonly role: Role }>;

const gap = "\n\n";

/**
 * Makes a conversation of turns in which they fit: neighbours of one role are one; behind the calls of an assistant's turn stand
 * their results, each once, before anybody says more. A call whose result was never given gets one that says so. A result that
 * has no such call is text of the user's, as `render` writes it. Turns of the assistant without a word are left out.
 */
export function joinTurns(
  turns: readonly Turn[],
  render: (results: readonly ToolResultPart[]) => string,
): Turn[] {
  const joined: Turn[] = [];
  /** Calls of the last assistant's turn that have no result yet. */
  let waiting = new Set<string>();
  /** Results of no such call, for the user's turn behind. */
  let stray: ToolResultPart[] = [];

  function add(turn: Turn): void {
    const last = joined.at(-1);
    const both = last === undefined ? undefined : joinTwo(last, turn);
    if (both === undefined) joined.push(turn);
    else joined[joined.length - 1] = both;
  }

  function settle(): void {
    const parts = [...waiting].map((callId): ToolResultPart => {
      return { type: "tool-result", callId, content: [toText("No result was given.")], isError: false };
    });
    if (parts.length > 0) add({ role: "tool", parts });
    if (stray.length > 0) add({ role: "user", parts: [toText(render(stray))] });
    waiting = new Set();
    stray = [];
  }

  for (const turn of turns) {
    if (turn.role === "assistant" && turn.parts.length === 0) continue;
    if (turn.role === "tool") {
      const parts = turn.parts.filter(({ callId }) => waiting.delete(callId));
      stray.push(...turn.parts.filter((part) => !parts.includes(part)));
      if (parts.length > 0) add({ role: "tool", parts });
      continue;
    }
    // The assistant may go on with what it says, and call, in several messages.
    if (turn.role !== "assistant" || joined.at(-1)?.role !== "assistant" || stray.length > 0) settle();
    add(turn);
    if (turn.role !== "assistant") continue;
    for (const part of turn.parts) if (part.type === "tool-call") waiting.add(part.callId);
  }
  settle();
  return joined;
}

function toText(text: string): TextPart {
  return { type: "text", text };
}

/** Two neighbours as one; `undefined` where they are of different roles. */
function joinTwo(first: Turn, second: Turn): Turn | undefined {
  if (first.role === "assistant" && second.role === "assistant") return joinAssistants(first, second);
  if (first.role === "user" && second.role === "user") {
    const parts = [...first.parts, ...second.parts];
    const filled = parts.filter((part) => part.type !== "text" || part.text !== "");
    return { role: "user", parts: filled.length === 0 ? first.parts : filled };
  }
  if (first.role === "tool" && second.role === "tool") {
    return { role: "tool", parts: [...first.parts, ...second.parts] };
  }
  return undefined;
}

/** Thoughts, one text, calls: the only order that every server knows. */
function joinAssistants(first: Of<"assistant">, second: Of<"assistant">): Turn {
  const parts = [...first.parts, ...second.parts];
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return {
    role: "assistant",
    parts: [
      ...parts.filter(({ type }) => type === "reasoning"),
      ...(texts.length === 0 ? [] : [toText(texts.join(gap))]),
      ...parts.filter(({ type }) => type === "tool-call"),
    ],
  };
}
