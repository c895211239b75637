import type { CallContext, ChatService } from "../completion/chat-service.ts";
import type { ParsedResponses } from "../dialects/openai-responses/index.ts";
import { addUsage } from "../model/add-usage.ts";
import { collect } from "../model/collect.ts";
import type { EventBatch } from "../model/events.ts";
import { type ModelWindow, roomForPrompt } from "../model/leg.ts";
import type { ChatRequest } from "../model/request.ts";
import type { Sink } from "../stream/source.ts";
import { fitSummary } from "./fit-summary.ts";
import type { ResponseContext } from "./response-service.ts";
import { summarise } from "./summarise.ts";

type CompactionPlan = NonNullable<ParsedResponses["compaction"]>;

/**
 * Tokens that a further compaction has to save, about what a summary takes. Where instructions and the user's words alone
 * exceed the threshold, each turn would be compacted otherwise.
 */
const leastSaved = 1000;

/** Where a client leaves the threshold open: this share of what the model holds. */
const defaultShare = 0.75;

/** What `isTooLong` and `compactFirst` need to know. */
export interface CompactionContext {
  readonly chat: Pick<ChatService, "complete" | "countTokens" | "fits">;
  readonly window: ModelWindow;
  readonly signal: AbortSignal;
}

/**
 * Whether a request has grown beyond the plan's threshold, or what the model holds at all, and compacting it would make it
 * shorter again.
 */
export async function isTooLong(
  request: ChatRequest,
  { threshold, isAgain, goOn }: CompactionPlan,
  { chat, window, signal }: CompactionContext,
): Promise<boolean> {
  const { contextLength } = window;
  const most = threshold ?? (contextLength === undefined ? undefined : contextLength * defaultShare);
  if (most === undefined) return false;
  const count = await chat.countTokens(request, signal);
  const room = roomForPrompt(window) ?? Infinity;
  if (count <= most && (await chat.fits(request, room, signal))) return false;
  return !isAgain || count - (await chat.countTokens(goOn(""), signal)) >= leastSaved;
}

/**
 * Has the model write a summary, gives it to `onSummary`, and then answers what `goOn` makes of it. The usage is that of
 * both. Rejects as `summarise` and the completion do.
 */
export async function compactFirst(
  { summary, goOn }: CompactionPlan,
  options: {
    readonly chat: CompactionContext["chat"];
    readonly window: ModelWindow;
    readonly wishes: ResponseContext["wishes"];
    readonly context: CallContext;
    readonly onSummary: (text: string) => void;
    /** What else becomes of the request. */
    readonly prepare: (request: ChatRequest) => Promise<ChatRequest>;
  },
  sink: Sink<EventBatch>,
): Promise<void> {
  const { chat, window, wishes, context, onSummary, prepare } = options;
  const { signal } = context;
  const asked = await fitSummary(chat, { ...summary, ...wishes }, { window, signal });
  const whole = { ...context, whole: true };
  const { blocks, usage: spent } = await collect(summarise((take) => chat.complete(asked, whole, take)));
  const [notes] = blocks;
  const text = notes?.kind === "text" ? notes.text : "";
  onSummary(text);
  const request = await prepare({ ...goOn(text), ...wishes });
  // What was let through before is the summary.
  await chat.complete(request, { ...context, admitted: false }, (batch) =>
    sink(
      batch.map((event) =>
        event.type === "finish" ? { ...event, usage: addUsage(spent, event.usage) } : event,
      ),
    ),
  );
}
