import type { CallContext, ChatService } from "../completion/chat-service.ts";
import {
  createResponseWriter,
  type ParsedResponses,
  resolveRequest,
  type ResponsesInput,
  type ResponseWriter,
  type WireItem,
} from "../dialects/openai-responses/index.ts";
import { GatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import type { IdFactory } from "../model/ids.ts";
import { legKey } from "../model/leg.ts";
import { usualParameters, type ChatRequest } from "../model/request.ts";
import type { Sealer } from "../secrets/create-sealer.ts";
import type { Source } from "../stream/source.ts";
import type { StartTimer } from "../stream/with-idle-timeout.ts";
import { checkNewItems } from "./check-new-items.ts";
import { compactFirst, isTooLong } from "./compact-first.ts";
import type { ConversationStore, ReadConversation } from "./conversation-store.ts";
import { type ConversationTurn, createConversationTurn } from "./conversation-turn.ts";
import { fitContext } from "./fit-context.ts";
import { fitSummary } from "./fit-summary.ts";
import { loadContext } from "./load-context.ts";
import type { ResponseContext } from "./response-service.ts";
import type { ResponsePlaces } from "./stored-response.ts";
import { summarise } from "./summarise.ts";

/** What answering a Responses request needs. */
export interface ResponseDependencies extends ResponsePlaces {
  readonly chat: ChatService;
  readonly conversations: ConversationStore;
  /** Of what is said while a conversation is held. */
  readonly startTimer: StartTimer;
  /** Seals the summaries of compacted conversations, which clients keep. */
  readonly summaries: Sealer;
  readonly newId: IdFactory;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A request on its way to an answer. */
export interface PreparedAnswer {
  readonly parsed: ParsedResponses;
  /** What is asked for first, unless that is a summary. */
  readonly request: ChatRequest;
  /** Begins the answer to the request, which was shortened if the client allowed it; or to one for its summary. */
  readonly begin: (context: CallContext) => Source<EventBatch>;
  readonly writer: ResponseWriter;
  /** The conversation that the answer is made in, which `begin` takes. */
  readonly turn: ConversationTurn | undefined;
  /** The items before the request's own. */
  readonly history: readonly WireItem[];
}

/** Sealing the same text again gives another one, but an item must be the same wherever it is shown. */
function once(seal: Sealer["seal"]): Sealer["seal"] {
  const known = new Map<string, string>();
  return (text) => {
    const sealed = known.get(text) ?? seal(text);
    known.set(text, sealed);
    return sealed;
  };
}

/** What a request adds to its conversation: not what it only refers to there, nor a wish to compact it. */
function listNewItems(
  { inputItems }: ParsedResponses,
  { items }: ResponsesInput,
  conversation: ReadConversation,
): readonly WireItem[] {
  const referred = new Set(items.flatMap(({ item }) => (item.type === "item_reference" ? [item.id] : [])));
  const there = new Set(conversation.items.map(({ id }) => id).filter((id) => referred.has(id)));
  return inputItems.filter((item) => item["type"] !== "compaction_trigger" && !there.has(String(item["id"])));
}

/** Understands a Responses body and all that it refers to. Rejects with `GatewayError`. */
export async function prepareResponse(
  { chat, store, runs, conversations, summaries, startTimer, newId, now }: ResponseDependencies,
  input: ResponsesInput,
  { signal, wishes, watch }: Pick<ResponseContext, "signal" | "wishes" | "watch">,
): Promise<PreparedAnswer> {
  const { body } = input;
  const model = await chat.resolveModel(body.model, signal);
  const [leg] = model.legs;
  // A background response is announced before anybody is asked; then the likeliest counts.
  if (leg !== undefined) watch?.tellParameters?.(legKey(leg), () => model.parameters ?? usualParameters);
  const responseId = newId("resp_");
  const loaded = await loadContext({ store, runs, conversations }, input);
  const { temperature, topP } = model;
  const { open: openSummary, seal } = summaries;
  const parsed = resolveRequest(input, { responseId, ...loaded, openSummary, temperature, topP });
  const { compacts } = parsed;
  if (compacts && model.kind === "image") {
    throw new GatewayError("unsupported", `\`${model.id}\` draws; a chat model can compact a conversation.`, {
      param: "model",
    });
  }
  const wished: ChatRequest = { ...parsed.request, ...wishes };
  const { compaction } = parsed;
  const isLong =
    compaction !== undefined &&
    model.kind === "chat" &&
    (await isTooLong(wished, compaction, { chat, window: model, signal }));

  async function fit(request: ChatRequest): Promise<ChatRequest> {
    if (compacts) return fitSummary(chat, request, { window: model, signal });
    return body.truncation === "auto" ? fitContext(chat, request, { window: model, signal }) : request;
  }

  const request = isLong ? wished : await fit(wished);
  let sealed: string | undefined;
  const sealOnce = once(seal);
  const writerOptions = {
    id: responseId,
    createdAt: Math.floor(now() / 1000),
    model: model.id,
    echo: parsed.echo,
    tools: parsed.tools,
    seal: compacts ? sealOnce : undefined,
    summary: () => sealed,
    now,
  };
  const { conversation } = loaded;
  const turn =
    conversation &&
    createConversationTurn({
      conversations,
      read: conversation,
      holder: responseId,
      inputItems: checkNewItems(listNewItems(parsed, input, conversation), conversation, "input"),
      createWriter: () => createResponseWriter(writerOptions),
      startTimer,
    });

  function answer(context: CallContext): Source<EventBatch> {
    if (isLong) {
      const onSummary = (text: string) => void (sealed = seal(text));
      const options = { chat, window: model, wishes, context, onSummary, prepare: fit };
      return (sink) => compactFirst(compaction, options, sink);
    }
    const events: Source<EventBatch> = (sink) => chat.complete(request, context, sink);
    return compacts ? summarise(events) : events;
  }
  function begin(context: CallContext): Source<EventBatch> {
    const events = answer(context);
    return turn === undefined ? events : turn.around(events);
  }
  const writer = createResponseWriter(writerOptions);
  return { parsed, request, begin, writer, turn, history: loaded.history };
}
