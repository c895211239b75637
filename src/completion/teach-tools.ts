import { LRUCache } from "lru-cache";

import type { ChatRequest, ToolDetail } from "../model/request.ts";
import type { SchemaWork } from "../shaping/schema/schema-work.ts";
import type { Pace } from "../stream/pace.ts";
import { createToolPrompt, findMisfits, isToolPromptKnown } from "../shaping/tools/index.ts";
import { usesTools } from "../shaping/lower.ts";
import { conversationHash } from "./conversation-hash.ts";
import type { Target } from "./target.ts";

/** What a model is told of the tools of one request. */
export interface TaughtTools {
  /** The part of the system prompt that offers them; empty if there are none, or if the upstream offers them. */
  readonly prompt: string;
  /** Names of those that were told in short. */
  readonly shortened: ReadonlySet<string>;
  /** To be told of each tool whose schema a call missed: from then on the conversation has it in full. */
  readonly onMisfit: ((tool: string) => void) | undefined;
}

/** What telling of tools is done with. */
export interface TeachingMeans {
  /** Checks the last calls of the conversation. */
  readonly work: SchemaWork;
  readonly pace: Pace;
}

/** Decides what is told of the tools of a request. Rejects when nobody waits for it any more. */
export type ToolTeacher = (
  request: ChatRequest,
  target: Pick<Target, "model" | "can" | "tokensLeft">,
  means: TeachingMeans,
) => Promise<TaughtTools>;

/** What a teacher decides by. */
export interface ToolTeacherOptions {
  /** For requests that wish for nothing. */
  readonly detail: ToolDetail;
}

/** Prompts up to this length, in characters, are never worth the loss. */
const alwaysFull = 4000;
const charactersPerToken = 4;
/** More than these are told in turns of their own: the first ones when they are new, the second always. */
const someTools = 8;
const manyTools = 100;

/**
 * What the tools may take: of what is left to spend, since they are paid for in every turn, and of the model's context,
 * which they take once. See docs/budget.md for what these figures do to an agent's day.
 */
const shareOfAllowance = 1 / 10;
const shareOfContext = 1 / 4;

/** Conversations that are remembered; some kilobytes each at most. */
const mostConversations = 1000;

/** What is remembered of a conversation. */
interface Conversation {
  /** Once short, it stays so: a new budget in mid-conversation is no reason to pay more. */
  isShort: boolean;
  /** Tools that were called wrongly. */
  readonly misfits: Set<string>;
}

const nothing: TaughtTools = { prompt: "", shortened: new Set(), onMisfit: undefined };

/** Whether a prompt takes more of the context, or of what is left to spend, than tools should. */
function isTooMuch(prompt: string, { model, tokensLeft }: Pick<Target, "model" | "tokensLeft">): boolean {
  const { contextLength = Infinity } = model;
  const tokens = prompt.length / charactersPerToken;
  return tokens > contextLength * shareOfContext || tokens > (tokensLeft() ?? Infinity) * shareOfAllowance;
}

/** Creates the teacher. What it remembers of conversations is bounded, and gone with the process. */
export function createToolTeacher({ detail }: ToolTeacherOptions): ToolTeacher {
  const conversations = new LRUCache<string, Conversation>({ max: mostConversations });

  function conversationOf(request: ChatRequest): Conversation {
    const key = conversationHash(request);
    const known = conversations.get(key);
    if (known !== undefined) return known;
    const fresh: Conversation = { isShort: false, misfits: new Set() };
    conversations.set(key, fresh);
    return fresh;
  }

  return async (request, target, { work, pace }) => {
    if (!usesTools(request) || target.can.tools === "native") return nothing;
    const { model } = target;
    const areMany = request.tools.length > manyTools;
    if (areMany || (request.tools.length > someTools && !isToolPromptKnown(request.tools))) await pace.turn();
    const wish = request.toolDetail ?? detail;
    const full = wish === "short" ? "" : createToolPrompt(request, model.id);
    if (areMany) await pace.rest();
    if (wish === "full" || (wish === "auto" && full.length <= alwaysFull))
      return { ...nothing, prompt: full };
    const conversation = conversationOf(request);
    if (wish === "auto") {
      conversation.isShort ||= isTooMuch(full, target);
      if (!conversation.isShort) return { ...nothing, prompt: full };
    }
    const { misfits } = conversation;
    for (const name of findMisfits(request, work)) misfits.add(name);
    const shortened = new Set(
      request.tools
        .filter(({ name, inWords }) => inWords !== true && !misfits.has(name))
        .map(({ name }) => name),
    );
    const prompt = createToolPrompt(request, model.id, shortened);
    if (areMany) await pace.rest();
    return {
      prompt,
      shortened,
      onMisfit: (tool) => misfits.add(tool),
    };
  };
}
