import type { ModelAlias } from "../model/model-alias.ts";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { Config } from "../config.ts";
import type { ImageService } from "../images/image-service.ts";
import type { EventBatch } from "../model/events.ts";
import type { IdFactory } from "../model/ids.ts";
import { legKey, type Leg, type RoutedModel } from "../model/leg.ts";
import type { ModelInfo } from "../model/model-info.ts";
import { usualParameters, type ChatRequest } from "../model/request.ts";
import { shortenHistory } from "../shaping/history/shorten-history.ts";
import { createJsonPrompt } from "../shaping/json-prompt.ts";
import { lower, nativeFormat, usesTools } from "../shaping/lower.ts";
import { describeNativeCall, renderToolCalls, renderToolResults } from "../shaping/tools/index.ts";
import { createCheckBudget, type CheckBudget } from "../shaping/schema/check-budget.ts";
import { createSchemaBook } from "../shaping/schema/schema-book.ts";
import type { SchemaWork } from "../shaping/schema/schema-work.ts";
import { defer } from "../stream/defer.ts";
import { createPace, type Pace } from "../stream/pace.ts";
import type { Router } from "../routing/router.ts";
import type { AskOptions, Upstream } from "../upstreams/upstream.ts";
import type { CallContext, ChatService } from "./chat-service.ts";
import { canSee, hasImages, hasUserImages, replaceToolImages } from "./check-vision.ts";
import { checkLength } from "./check-length.ts";
import { completeImage } from "./complete-image.ts";
import { createImageFetcher, type ImageFetcher } from "./fetch-remote-image.ts";
import { editContext } from "./edit-context.ts";
import { createSuffixError, createTextContinuer } from "./continue-text.ts";
import { conversationHash } from "./conversation-hash.ts";
import { countAgainstLimit, countPromptTokensAtPace, lengthOf } from "./estimate-usage.ts";
import { listAliases } from "./list-aliases.ts";
import { listOrNothing } from "./list-or-nothing.ts";
import { prepareImages } from "./prepare-images.ts";
import { resolveModel } from "./resolve-model.ts";
import { runTurns } from "./run-turns.ts";
import { createReaders, createShapers } from "./select-shapers.ts";
import { plainTarget, settleCapabilities, type Target } from "./target.ts";
import { createToolTeacher } from "./teach-tools.ts";
import { toWordsRequest } from "./to-words-request.ts";
import { wantsWords } from "./wants-words.ts";

/** What the chat service is made of. */
export interface ChatServiceOptions {
  readonly config: Pick<
    Config,
    | "MODEL_ALIASES"
    | "DEFAULT_MODEL"
    | "LIST_ALIASES"
    | "VISION_MODELS"
    | "SYSTEM_PROMPT"
    | "REASONING"
    | "TOOL_DETAIL"
    | "HISTORY_DIET"
    | "TOOL_ARGUMENTS"
    | "REPAIR_TURNS"
    | "REMOTE_IMAGE_LIMIT_BYTES"
    | "REMOTE_IMAGE_TIMEOUT_MS"
  >;
  readonly router: Pick<
    Router,
    "catalogue" | "refresh" | "listModels" | "showModel" | "answer" | "upstreamOf"
  >;
  readonly images: Pick<ImageService, "generate" | "publish">;
  readonly newId: IdFactory;
  /** Other names for models, as they are now. Default: `MODEL_ALIASES`. */
  readonly aliases?: () => readonly ModelAlias[];
  /** Milliseconds of a clock that never goes back. Default: the process's. */
  readonly now?: () => number;
  /** How images are fetched; default: from public hosts, within the configured limits. */
  readonly imageFetcher?: Pick<ImageFetcher, "fetch">;
}

/** Encoding less than so many UTF-16 units takes a few milliseconds. */
const longRequest = 1_048_576;

/** What answering at one leg takes. */
interface AnswerOptions {
  /** Its images are inline. */
  readonly ready: ChatRequest;
  /** The id that clients see. */
  readonly name: string;
  /** Of the request, whoever answers it. */
  readonly work: SchemaWork;
  readonly context: CallContext;
  readonly asking: AskOptions;
}

/** Milliseconds of the process's own work. Waiting for the processor is no reason to check less. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The ids of the calls so far: some servers begin theirs anew in each answer, and clients tell calls apart by them. */
function callIdsIn({ messages }: ChatRequest): Set<string> {
  const parts = messages.flatMap((message) => (message.role === "assistant" ? message.parts : []));
  return new Set(parts.flatMap((part) => (part.type === "tool-call" ? part.callId : [])));
}

/** Creates the chat service: it gives every model what clients expect of a chat model. */
export function createChatService(options: ChatServiceOptions): ChatService {
  const { config, router, aliases = () => config.MODEL_ALIASES, now = () => performance.now() } = options;
  const book = createSchemaBook();
  const teach = createToolTeacher({ detail: config.TOOL_DETAIL });
  let line: Promise<unknown> = Promise.resolve();
  // One for each client request, however many answers are made of it: choices share its messages.
  const budgets = new WeakMap<ChatRequest["messages"], CheckBudget>();
  const imageFetcher =
    options.imageFetcher ??
    createImageFetcher({
      limitBytes: config.REMOTE_IMAGE_LIMIT_BYTES,
      timeoutMs: config.REMOTE_IMAGE_TIMEOUT_MS,
    });

  const continuer = createTextContinuer();

  const seesImages = (model: ModelInfo): boolean => canSee(model, config.VISION_MODELS);

  async function resolve(id: string, signal: AbortSignal, { onlyKnown = false } = {}): Promise<RoutedModel> {
    const options = { router, aliases: aliases(), defaultModel: config.DEFAULT_MODEL, onlyKnown };
    return resolveModel(id, options, signal);
  }

  function workFor({ messages }: ChatRequest): SchemaWork {
    const budget = budgets.get(messages) ?? createCheckBudget({ now: cpuTime });
    budgets.set(messages, budget);
    return { book, budget };
  }

  function paceFor(signal: AbortSignal): Pace {
    return createPace({ now, turn: ownTurn, signal });
  }

  /** Resolves in a turn of the event loop that it shares with no other: long work that comes together is done one by one. */
  async function ownTurn(): Promise<void> {
    line = line.then(() => nextTurn());
    await line;
  }

  function lowerFor(request: ChatRequest, target: Target, toolPrompt: string): ChatRequest {
    const shortens = request.historyDiet ?? config.HISTORY_DIET === "on";
    const shown = shortens ? { ...request, messages: shortenHistory(request.messages) } : request;
    const { model, systemPrompt } = target;
    const can =
      model.takesThinking === false ? { ...target.can, reasoning: "emulated" as const } : target.can;
    const isNative = nativeFormat(request, can).kind !== "text";
    const besideTools = usesTools(request);
    return lower(shown, {
      model: model.id,
      can,
      systemPrompt,
      prompts: [toolPrompt, isNative ? "" : createJsonPrompt(request.responseFormat, { besideTools })],
      renderCalls: (calls) => renderToolCalls(calls, model.id),
      renderResults: renderToolResults,
    });
  }

  /** What is known of the model of a leg now. */
  function targetOf({ model: listed }: Pick<Leg, "model">, source: Upstream): Target {
    const model = source.describeModel(listed.id) ?? listed;
    return {
      model,
      can: settleCapabilities(model.capabilities),
      systemPrompt: config.SYSTEM_PROMPT ?? source.systemPrompt,
      tokensLeft: () => source.tokensLeft(),
    };
  }

  /** The model of a request; where that draws and words are wanted, one that writes, unless `auto` draws as well. */
  async function chooseModel(request: ChatRequest, signal: AbortSignal) {
    const model = await resolve(request.model, signal);
    if (model.kind !== "image" || !wantsWords(request)) return { request, model };
    const words = toWordsRequest(request);
    const writer = await resolve(words.model, signal);
    return writer.kind === "image" ? { request, model } : { request: words, model: writer };
  }

  async function begin(asked: ChatRequest, context: CallContext): Promise<AsyncIterable<EventBatch>> {
    const { signal, watch } = context;
    signal.throwIfAborted();
    const { request, model } = await chooseModel(asked, signal);
    watch?.resolve(model.id);
    const ready = await prepareImages(request, {
      model,
      canSee: seesImages,
      listModels: () => listOrNothing(router.listModels(signal), signal),
      fetchImage: (url) => imageFetcher.fetch(url, signal),
    });
    if (model.kind === "image") {
      return completeImage(ready, { model, images: options.images }, context);
    }
    const work = workFor(request);
    return router.answer({
      model: model.id,
      legs: chooseLegs(ready, model.legs),
      signal,
      watch,
      conversation: {
        session: request.session,
        cacheKey: request.cacheKey,
        beginning: () => conversationHash(request),
      },
      ask: (leg, upstream, asking) =>
        answerAt(leg, upstream, { ready, name: model.id, work, context, asking }),
    });
  }

  /** The legs that can do what the request can't do without; for pictures all, where none is known to see. */
  function chooseLegs(request: ChatRequest, legs: readonly Leg[]): readonly Leg[] {
    if (request.continues?.suffix !== undefined) {
      const filling = legs.filter((leg) => continuer.canContinue(router.upstreamOf(leg), leg.model.id));
      if (filling.length === 0) throw createSuffixError();
      return filling;
    }
    const seeing = hasUserImages(request) ? legs.filter((leg) => seesImages(leg.model)) : [];
    return seeing.length === 0 ? legs : seeing;
  }

  async function answerAt(
    leg: Leg,
    upstream: Upstream,
    options: AnswerOptions,
  ): Promise<AsyncIterable<EventBatch>> {
    const { ready: request, name, asking, context } = options;
    // An upstream may be gone from the configuration by the time somebody asks.
    context.watch?.tellParameters?.(
      legKey(leg),
      () => targetOf(leg, upstream).model.parameters ?? usualParameters,
    );
    if (request.continues === undefined) return chatAt(leg, upstream, options);
    const chat = () => defer(() => chatAt(leg, upstream, options));
    const { model } = targetOf(leg, upstream);
    const startPace = () => paceFor(asking.signal);
    return continuer.answer({ upstream, model, request, name, asking, startPace, chat });
  }

  /** Chats at one leg: what its model can't do, the gateway does. */
  async function chatAt(
    leg: Leg,
    upstream: Upstream,
    { ready, name, work, context, asking }: AnswerOptions,
  ): Promise<AsyncIterable<EventBatch>> {
    const { signal } = asking;
    const target = targetOf(leg, upstream);
    const { model, can } = target;
    const request = !hasImages(ready) || seesImages(model) ? ready : replaceToolImages(ready);
    const taught = await teach(request, target, { work, pace: paceFor(signal) });
    const lowered = lowerFor(request, target, taught.prompt);
    await checkLength(lowered, model, paceFor(signal));
    if (lengthOf(lowered) > longRequest) {
      await ownTurn();
      signal.throwIfAborted();
    }
    const whole = context.whole === true;
    const hasNativeTools = can.tools === "native";
    const usedCallIds = callIdsIn(request);
    return runTurns({
      upstream,
      name,
      request: lowered,
      asking,
      createReaders: () => createReaders(request, { model: model.id, can, whole }),
      createShapers: () =>
        createShapers(request, {
          model: model.id,
          can,
          whole,
          reasoning: request.reasoning ?? config.REASONING,
          argumentsMode: config.TOOL_ARGUMENTS,
          newCallId: () => options.newId("call_"),
          usedCallIds,
          work,
          taught,
        }),
      describeNativeCall:
        usesTools(request) && !hasNativeTools
          ? (called) => describeNativeCall(called, { request, model: model.id })
          : undefined,
      repairTurns: config.REPAIR_TURNS,
      startPace: () => paceFor(signal),
    });
  }

  /** What would be sent to the first leg, to be counted. */
  async function toCounted(request: ChatRequest, signal: AbortSignal) {
    const routed = await resolve(request.model, signal);
    // Some callers count again and again, and each count begins with what can't be cut.
    await nextTurn();
    signal.throwIfAborted();
    const [leg] = routed.legs;
    const target =
      leg === undefined || routed.kind !== "chat"
        ? plainTarget(routed)
        : targetOf(leg, router.upstreamOf(leg));
    const { prompt } = await teach(request, target, { work: workFor(request), pace: paceFor(signal) });
    return { lowered: lowerFor(request, target, prompt), promptLimit: routed.promptLimit };
  }

  async function countTokens(request: ChatRequest, signal: AbortSignal): Promise<number> {
    const { lowered } = await toCounted(request, signal);
    return countPromptTokensAtPace(lowered, lowered.model, paceFor(signal));
  }

  async function fits(request: ChatRequest, room: number, signal: AbortSignal): Promise<boolean> {
    const { lowered, promptLimit } = await toCounted(request, signal);
    const limit = { tokens: room, encoding: promptLimit?.encoding ?? "own" } as const;
    const count = await countAgainstLimit(lowered, limit, paceFor(signal));
    return count === undefined || count <= room;
  }

  return {
    complete: (request, context) => defer(() => begin(request, context)),
    countTokens,
    fits,
    editContext: (request, edits, signal) =>
      editContext(request, edits, (edited) => countTokens(edited, signal)),
    async listModels(signal) {
      const models = await router.listModels(signal);
      if (config.LIST_ALIASES === "off") return models;
      const catalogue = await router.catalogue(signal);
      return [...models, ...listAliases(models, aliases(), (id) => catalogue.find(id))];
    },
    async showModel(id, signal) {
      // A chat may try any id at an upstream without a list, but none is known to be a model then.
      await router.listModels(signal);
      return router.showModel(await resolve(id, signal, { onlyKnown: true }), signal);
    },
    resolveModel: (id, signal) => resolve(id, signal),
    canSee: seesImages,
  };
}
