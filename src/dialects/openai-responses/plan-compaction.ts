import type { ChatRequest, Message } from "../../model/request.ts";
import { type OpenSummary, renderSummary, staysBeside, toSummaryRequest, unsealItem } from "./compaction.ts";
import type { RequestBody } from "./request-schema.ts";
import { type PlacedItem, parseMessages } from "./parse-messages.ts";
import type { ToolTable } from "./tool-table.ts";

/** How a conversation is compacted before it is answered, if it has grown long. */
export interface CompactionPlan {
  /** Tokens of the prompt above which it is; `undefined`: the client leaves that open. */
  readonly threshold: number | undefined;
  /** It was compacted before, and goes on from a summary already. */
  readonly isAgain: boolean;
  /** Asks for the summary. */
  readonly summary: ChatRequest;
  /** The request with a summary in the place of all that it stands for. */
  readonly goOn: (summary: string) => ChatRequest;
}

/** The request that may be compacted. */
interface PlanContext {
  readonly request: ChatRequest;
  /** Those of its messages that come from items; only the instructions stand before them. */
  readonly messages: readonly Message[];
  /** Still sealed. */
  readonly items: readonly PlacedItem[];
  readonly tools: ToolTable;
  readonly openSummary: OpenSummary;
}

/**
 * Plans the compaction that `context_management` asks for. A summary stands for all that the assistant said and did, up
 * to what the user said last. `undefined` when it is not asked for, or when there is nothing new that a summary could
 * stand for. Source: OpenAI's guide "Compaction", server-side.
 */
export function planCompaction(
  wishes: RequestBody["context_management"],
  { request, messages, items, tools, openSummary }: PlanContext,
): CompactionPlan | undefined {
  const wish = wishes?.[0];
  if (wish === undefined) return undefined;
  const end = items.findLastIndex((placed) => !staysBeside(placed)) + 1;
  const before = items.slice(0, end);
  // A summary alone is as short as it gets.
  if (before.every((placed) => staysBeside(placed) || placed.item.type === "compaction")) return undefined;
  const instructions = request.messages.slice(0, request.messages.length - messages.length);

  function withItems(placed: readonly PlacedItem[]): ChatRequest {
    const opened = placed.map((one) => unsealItem(one, openSummary));
    return { ...request, messages: [...instructions, ...parseMessages(opened, tools)] };
  }

  return {
    threshold: wish.compact_threshold,
    isAgain: before.some(({ item }) => item.type === "compaction"),
    summary: toSummaryRequest(withItems(before)),
    goOn(summary) {
      const notes: PlacedItem = {
        item: { type: "message", id: undefined, role: "user", content: renderSummary(summary) },
        param: "input",
      };
      return withItems([...before.filter(staysBeside), notes, ...items.slice(end)]);
    },
  };
}
