import type { ModelAlias } from "../model/model-alias.ts";
import { setImmediate as nextTurn } from "node:timers/promises";

import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import type { ImageService } from "../images/image-service.ts";
import type { EventBatch } from "../model/events.ts";
import type { IdFactory } from "../model/ids.ts";
import { createListInterner } from "../model/list-interner.ts";
import type { Leg, RoutedModel } from "../model/leg.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest } from "../model/request.ts";
import { createCheckBudget, type CheckBudget } from "../shaping/schema/check-budget.ts";
import { createSchemaBook } from "../shaping/schema/schema-book.ts";
import { loneBudget, type SchemaWork } from "../shaping/schema/schema-work.ts";
import { usesTools } from "../shaping/lower.ts";
import type { Sink } from "../stream/source.ts";
import type { Router } from "../routing/router.ts";
import { answerAtLeg } from "./answer-leg.ts";
import type { CallContext, ChatService } from "./chat-service.ts";
import { canSee, hasUserImages } from "./check-vision.ts";
import { completeImage } from "./complete-image.ts";
import { createImageFetcher, type ImageFetcher } from "./fetch-remote-image.ts";
import { editContext } from "./edit-context.ts";
import { createSuffixError, createTextContinuer } from "./continue-text.ts";
import { createPacer } from "./create-pacer.ts";
import { conversationHash } from "./conversation-hash.ts";
import { countAgainstLimit, countPromptTokensAtPace, estimatePromptTokens } from "./estimate-usage.ts";
import { lowerFor } from "./lower-for.ts";
import { listAliases } from "./list-aliases.ts";
import { listOrNothing } from "./list-or-nothing.ts";
import { prepareImages } from "./prepare-images.ts";
import { resolveModel } from "./resolve-model.ts";
import { plainTarget, targetOf } from "./target.ts";
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

/** Milliseconds of the process's own work. Waiting for the processor is no reason to check less. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** What models do that don't write, and where; of others there is nothing to say. */
const otherWork: Readonly<Partial<Record<ModelInfo["kind"], string>>> = {
  embedding: "gives vectors (POST /v1/embeddings)",
  transcription: "writes down speech (POST /v1/audio/transcriptions)",
  speech: "speaks (POST /v1/audio/speech)",
};

/** Of a model that is listed for something else than chats. */
function createCanNotWriteError({ id, kind }: ModelInfo): GatewayError {
  const work = otherWork[kind];
  const what = work === undefined ? "does not write" : `${work} and does not write`;
  return new GatewayError("unsupported", `The model \`${id}\` ${what}. Take another one for a chat.`, {
    param: "model",
    shouldRetry: false,
  });
}

/** Creates the chat service: it gives every model what clients expect of a chat model. */
export function createChatService(options: ChatServiceOptions): ChatService {
  const { config, router, aliases = () => config.MODEL_ALIASES, now = () => performance.now() } = options;
  const book = createSchemaBook();
  /** Of requests without a schema. */
  const workless: SchemaWork = { book, budget: loneBudget };
  const toolLists = createListInterner();
  const teach = createToolTeacher({ detail: config.TOOL_DETAIL });
  const pacer = createPacer(now);
  // One for each client request, however many answers are made of it: choices share its messages.
  const budgets = new WeakMap<ChatRequest["messages"], CheckBudget>();
  const imageFetcher =
    options.imageFetcher ??
    createImageFetcher({
      limitBytes: config.REMOTE_IMAGE_LIMIT_BYTES,
      timeoutMs: config.REMOTE_IMAGE_TIMEOUT_MS,
    });

  const continuer = createTextContinuer();
  const means = { config, teach, continuer, pacer, newId: options.newId };

  const seesImages = (model: ModelInfo): boolean => canSee(model, config.VISION_MODELS);

  async function resolve(id: string, signal: AbortSignal, { onlyKnown = false } = {}): Promise<RoutedModel> {
    const options = { router, aliases: aliases(), defaultModel: config.DEFAULT_MODEL, onlyKnown };
    return resolveModel(id, options, signal);
  }

  function workFor(request: ChatRequest): SchemaWork {
    if (!usesTools(request) && request.responseFormat.kind === "text") return workless;
    const { messages } = request;
    const budget = budgets.get(messages) ?? createCheckBudget({ now: cpuTime });
    budgets.set(messages, budget);
    return { book, budget };
  }

  /** The same request; equal lists of tools are one, since what is made of a list hangs on it (prompt, directory). */
  function withKnownTools(request: ChatRequest): ChatRequest {
    const tools = toolLists.intern(request.tools);
    return tools === request.tools ? request : { ...request, tools };
  }

  /** The model of a request; where that draws and words are wanted, one that writes, unless `auto` draws as well. */
  async function chooseModel(request: ChatRequest, signal: AbortSignal) {
    const model = await resolve(request.model, signal);
    if (model.kind !== "chat" && model.kind !== "image") throw createCanNotWriteError(model);
    if (model.kind !== "image" || !wantsWords(request)) return { request, model };
    const words = toWordsRequest(request);
    const writer = await resolve(words.model, signal);
    return writer.kind === "image" ? { request, model } : { request: words, model: writer };
  }

  async function complete(asked: ChatRequest, context: CallContext, sink: Sink<EventBatch>): Promise<void> {
    const { signal, watch } = context;
    signal.throwIfAborted();
    const { request, model } = await chooseModel(withKnownTools(asked), signal);
    watch?.resolve(model);
    if (context.admitted !== true) await askToAdmit(request, model, context);
    const ready = await prepareImages(request, {
      model,
      canSee: seesImages,
      listModels: () => listOrNothing(router.listModels(signal), signal),
      fetchImage: (url) => imageFetcher.fetch(url, signal),
    });
    if (model.kind === "image") {
      await completeImage(ready, { model, images: options.images }, context, sink);
      return;
    }
    const work = workFor(request);
    await router.answer(
      {
        model: model.id,
        legs: chooseLegs(ready, model.legs),
        signal,
        watch,
        conversation: {
          session: request.session,
          cacheKey: request.cacheKey,
          beginning: () => conversationHash(request),
        },
        ask: (leg, upstream, asking, give) =>
          answerAtLeg({ leg, upstream, asking }, { ready, name: model.id, work, context }, means, give),
      },
      sink,
    );
  }

  /** Nobody minds: then there is nothing to wait for. */
  function askToAdmit(
    request: ChatRequest,
    model: RoutedModel,
    { signal, watch }: Pick<CallContext, "signal" | "watch">,
  ): Promise<void> | undefined {
    return watch?.admit?.({
      model,
      countPrompt: () => estimatePromptTokens(request, model.id, pacer.start(signal)),
      maxOutputTokens: request.maxOutputTokens,
    });
  }

  async function admit(asked: ChatRequest, context: Pick<CallContext, "signal" | "watch">): Promise<void> {
    const { request, model } = await chooseModel(asked, context.signal);
    context.watch?.resolve(model);
    await askToAdmit(request, model, context);
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

  /** What would be sent to the first leg, to be counted. */
  async function toCounted(counted: ChatRequest, signal: AbortSignal) {
    const request = withKnownTools(counted);
    const routed = await resolve(request.model, signal);
    // Some callers count again and again, and each count begins with what can't be cut.
    await nextTurn();
    signal.throwIfAborted();
    const [leg] = routed.legs;
    const target =
      leg === undefined || routed.kind !== "chat"
        ? plainTarget(routed)
        : targetOf(leg.model, router.upstreamOf(leg), config.SYSTEM_PROMPT);
    const { prompt } = await teach(request, target, { work: workFor(request), pace: pacer.start(signal) });
    return {
      lowered: lowerFor(request, target, prompt, config.HISTORY_DIET),
      promptLimit: routed.promptLimit,
    };
  }

  async function countTokens(request: ChatRequest, signal: AbortSignal): Promise<number> {
    const { lowered } = await toCounted(request, signal);
    return countPromptTokensAtPace(lowered, lowered.model, pacer.start(signal));
  }

  async function fits(request: ChatRequest, room: number, signal: AbortSignal): Promise<boolean> {
    const { lowered, promptLimit } = await toCounted(request, signal);
    const limit = { tokens: room, encoding: promptLimit?.encoding ?? "own" } as const;
    const count = await countAgainstLimit(lowered, limit, pacer.start(signal));
    return count === undefined || count <= room;
  }

  return {
    complete,
    admit,
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
    async listAliases(signal) {
      if (config.LIST_ALIASES === "off") return [];
      const catalogue = await router.catalogue(signal);
      return aliases().map(({ from, to }) => ({ from, model: catalogue.find(to)?.id }));
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
