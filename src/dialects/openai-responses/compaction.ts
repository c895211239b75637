import { GatewayError } from "../../errors.ts";
import type { ChatRequest, Message } from "../../model/request.ts";
import type { PlacedItem } from "./parse-messages.ts";
import type { WireItem } from "./stored-items.ts";

/** Opens what this gateway has sealed; undefined for anything else. */
export type OpenSummary = (sealed: string) => string | undefined;

/** Most tokens of a summary, thinking included: a bound for models that find no end. The prompt asks for far less. */
const longestSummary = 8000;

const system = `You write hand-over notes. What follows is a conversation between a user and an assistant with tools. You don't go on with it: at its end you are asked for the notes.`;

const prompt = `The conversation stops here, because it got too long. Everything that the assistant wrote and all results of tools are now deleted. What stays: the user's own messages, and the notes that you write now. The assistant will go on with nothing else, so what you leave out is lost.

Write the notes as plain text under these headings, without calling a tool and without a greeting:

GOAL: what the user wants in the end, with every wish and limit that still holds.
DONE: what was changed, created, run or decided, and why. Exact file paths, names, commands and values.
KNOWN: facts that cost work to find out: where things are in the code, how it is built and tested, what did not work.
STATE: what works and what fails now; the exact text of an error that is still open.
NEXT: the steps that are left, in order. If a tool was just used, say what its result means for the first of them.

Earlier notes in the conversation are deleted too: take over what still holds. Don't copy whole files or the user's messages. Mark nothing as done that you did not see succeed. At most 700 words.`;

/** Thinking led to what was said and done, which is there. */
function withoutThinking(message: Message): Message[] {
  if (message.role === "system") return [];
  if (message.role !== "assistant") return [message];
  const parts = message.parts.filter(({ type }) => type !== "reasoning");
  return parts.length === 0 ? [] : [{ role: "assistant", parts }];
}

/**
 * The request for a summary of all that a request holds. The client's instructions and tools have no part in it, nor has earlier
 * thinking: they are sent again with what follows, and here they would only cost. Nor has the effort, since thinking counts as part of what may be written.
 */
export function toSummaryRequest(request: ChatRequest): ChatRequest {
  const conversation = request.messages.flatMap(withoutThinking);
  if (conversation.length === 0) {
    throw new GatewayError(
      "invalid-request",
      "There is nothing to compact: the input holds no conversation.",
      {
        param: "input",
      },
    );
  }
  const { maxOutputTokens: limit = longestSummary } = request;
  return {
    model: request.model,
    messages: [
      { role: "system", parts: [{ type: "text", text: system }] },
      ...conversation,
      { role: "user", parts: [{ type: "text", text: prompt }] },
    ],
    tools: [],
    toolChoice: { kind: "none" },
    parallelToolCalls: false,
    responseFormat: { kind: "text" },
    sampling: request.sampling,
    maxOutputTokens: Math.min(limit, longestSummary),
    stopSequences: [],
    reasoning: "drop",
  };
}

/** The text of a summary as the model reads it. */
export function renderSummary(summary: string): string {
  return `[The conversation up to here was shortened. These are the assistant's notes of it; go on from there.]\n\n${summary}\n\n[End of the notes]`;
}

/**
 * Puts the text of its summary in the place of a compaction item; other items stay as they are. It speaks as the user,
 * because a conversation that ends with the assistant's words is over. Throws kind `invalid-request` when it can't be opened.
 */
export function unsealItem({ item, param }: PlacedItem, open: OpenSummary): PlacedItem {
  if (item.type !== "compaction") return { item, param };
  const summary = open(item.encrypted_content);
  if (summary === undefined) {
    throw new GatewayError(
      "invalid-request",
      "This compaction item can't be opened: another gateway made it, or its secret has changed since (set DATA_DIR " +
        "to keep it over a restart). Leave it out and tell the model what it has to know, or begin a new conversation.",
      { param: `${param}.encrypted_content`, shouldRetry: false },
    );
  }
  return { item: { type: "message", id: undefined, role: "user", content: renderSummary(summary) }, param };
}

function isKept(item: WireItem): boolean {
  return item["type"] === "message" && item["role"] !== "assistant";
}

/** What is left of items beside their summary: all messages but the assistant's. */
export function keepMessages(items: readonly WireItem[]): readonly WireItem[] {
  return items.filter(isKept);
}

/** Whether an item stays beside a summary: messages that are not the assistant's. The tools that it adds stay, too. */
export function staysBeside({ item }: PlacedItem): boolean {
  return (item.type === "message" && item.role !== "assistant") || "tools" in item;
}

/** Leaves out of a conversation what its last summary stands for. */
export function dropCompacted(items: readonly PlacedItem[]): readonly PlacedItem[] {
  const last = items.findLastIndex(({ item }) => item.type === "compaction");
  if (last === -1) return items;
  return [...items.slice(0, last).filter(staysBeside), ...items.slice(last)];
}
