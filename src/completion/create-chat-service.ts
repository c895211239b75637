import { setImmediate as nextTurn } from "node:timers/promises";

import type { Config } from "../config.ts";
import type { ImageService } from "../images/image-service.ts";
import type { EventBatch } from "../model/events.ts";
import type { IdFactory } from "../model/ids.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { PlainRequest } from "../model/plain-request.ts";
import type { ChatRequest } from "../model/request.ts";
import { flatten } from "../shaping/flatten.ts";
import { shortenHistory } from "../shaping/history/shorten-history.ts";
import { createJsonPrompt } from "../shaping/json-prompt.ts";
import { describeNativeCall, renderToolCalls, renderToolResults } from "../shaping/tools/index.ts";
import { createCheckBudget, type CheckBudget } from "../shaping/schema/check-budget.ts";
import { createSchemaBook } from "../shaping/schema/schema-book.ts";
import type { SchemaWork } from "../shaping/schema/schema-work.ts";
import { createPace, type Pace } from "../stream/pace.ts";
import type { Upstream } from "../upstreams/upstream.ts";
import type { CallContext, ChatService } from "./chat-service.ts";
import { canSee } from "./check-vision.ts";
import { checkLength } from "./check-length.ts";
import { completeImage } from "./complete-image.ts";
import { createImageFetcher, type ImageFetcher } from "./fetch-remote-image.ts";
import { editContext } from "./edit-context.ts";
import { countAgainstLimit, countPlainTokensAtPace, lengthOf } from "./estimate-usage.ts";
import { listAliases } from "./list-aliases.ts";
import { listOrNothing } from "./list-or-nothing.ts";
import { prepareImages } from "./prepare-images.ts";
import { resolveModel } from "./resolve-model.ts";
import { runTurns } from "./run-turns.ts";
import { createReaders, createShapers, usesTools } from "./select-shapers.ts";
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
  readonly upstream: Pick<Upstream, "listModels" | "refreshModels" | "stream">;
  readonly images: Pick<ImageService, "generate" | "publish">;
  readonly newId: IdFactory;
  /** As `Upstream` has it. Default: no limit is known. */
  readonly tokensLeft?: () => number | undefined;
  /** Milliseconds of a clock that never goes back. Default: the process's. */
  readonly now?: () => number;
  /** How images are fetched; default: from public hosts, within the configured limits. */
  readonly imageFetcher?: Pick<ImageFetcher, "fetch">;
}

/** Encoding less than so many UTF-16 units takes a few milliseconds. */
const longPlain = 1_048_576;

/** Milliseconds of the process's own work. Waiting for the processor is no reason to check less. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Creates the chat service: it gives a text-only upstream what clients expect of a chat model. */
export function createChatService(options: ChatServiceOptions): ChatService {
  const { config, upstream, now = () => performance.now() } = options;
  const book = createSchemaBook();
  const teach = createToolTeacher({
    detail: config.TOOL_DETAIL,
    tokensLeft: options.tokensLeft ?? (() => undefined),
  });
  let line: Promise<unknown> = Promise.resolve();
  // One for each client request, however many answers are made of it: choices share the request itself.
  const budgets = new WeakMap<ChatRequest, CheckBudget>();
  const imageFetcher =
    options.imageFetcher ??
    createImageFetcher({
      limitBytes: config.REMOTE_IMAGE_LIMIT_BYTES,
      timeoutMs: config.REMOTE_IMAGE_TIMEOUT_MS,
    });

  async function resolve(id: string, signal: AbortSignal): Promise<ModelInfo> {
    const options = { upstream, aliases: config.MODEL_ALIASES, defaultModel: config.DEFAULT_MODEL };
    return resolveModel(id, options, signal);
  }

  function workFor(request: ChatRequest): SchemaWork {
    const budget = budgets.get(request) ?? createCheckBudget({ now: cpuTime });
    budgets.set(request, budget);
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

  function toPlain(request: ChatRequest, model: ModelInfo, toolPrompt: string): PlainRequest {
    const shortens = request.historyDiet ?? config.HISTORY_DIET === "on";
    const shown = shortens ? { ...request, messages: shortenHistory(request.messages) } : request;
    return flatten(shown, {
      model: model.id,
      defaultSystem: config.SYSTEM_PROMPT,
      prompts: [toolPrompt, createJsonPrompt(request.responseFormat, { besideTools: usesTools(request) })],
      renderCalls: (calls) => renderToolCalls(calls, model.id),
      renderResults: renderToolResults,
    });
  }

  /** The model of a request; where that draws and words are wanted, one that writes, unless `auto` draws as well. */
  async function chooseModel(request: ChatRequest, signal: AbortSignal) {
    const model = await resolve(request.model, signal);
    if (model.kind !== "image" || !wantsWords(request)) return { request, model };
    const words = toWordsRequest(request);
    const writer = await resolve(words.model, signal);
    return writer.kind === "image" ? { request, model } : { request: words, model: writer };
  }

  async function* complete(
    asked: ChatRequest,
    context: CallContext,
  ): AsyncGenerator<EventBatch, void, undefined> {
    context.signal.throwIfAborted();
    const { request, model } = await chooseModel(asked, context.signal);
    context.watch?.resolve(model.id);
    const ready = await prepareImages(request, {
      model,
      patterns: config.VISION_MODELS,
      listModels: () => listOrNothing(upstream.listModels(context.signal), context.signal),
      fetchImage: (url) => imageFetcher.fetch(url, context.signal),
    });
    if (model.kind === "image") {
      yield* completeImage(ready, { model, images: options.images }, context);
      return;
    }
    const work = workFor(request);
    const taught = await teach(ready, model, { work, pace: paceFor(context.signal) });
    const plain = toPlain(ready, model, taught.prompt);
    await checkLength(plain, model, paceFor(context.signal));
    if (lengthOf(plain) > longPlain) {
      await ownTurn();
      context.signal.throwIfAborted();
    }
    const whole = context.whole === true;
    yield* runTurns({
      upstream,
      plain,
      createReaders: () => createReaders(ready, model.id, whole),
      createShapers: () =>
        createShapers(ready, {
          model: model.id,
          whole,
          reasoning: request.reasoning ?? config.REASONING,
          argumentsMode: config.TOOL_ARGUMENTS,
          newCallId: () => options.newId("call_"),
          work,
          taught,
        }),
      describeNativeCall: usesTools(ready)
        ? (name) => describeNativeCall(name, { request: ready, model: model.id })
        : undefined,
      repairTurns: config.REPAIR_TURNS,
      signal: context.signal,
      startPace: () => paceFor(context.signal),
      watch: context.watch,
    });
  }

  /** What would be sent, to be counted. */
  async function toCounted(request: ChatRequest, signal: AbortSignal): Promise<PlainRequest> {
    const model = await resolve(request.model, signal);
    // Some callers count again and again, and each count begins with what can't be cut.
    await nextTurn();
    signal.throwIfAborted();
    const { prompt } = await teach(request, model, { work: workFor(request), pace: paceFor(signal) });
    return toPlain(request, model, prompt);
  }

  async function countTokens(request: ChatRequest, signal: AbortSignal): Promise<number> {
    const plain = await toCounted(request, signal);
    return countPlainTokensAtPace(plain, plain.model, paceFor(signal));
  }

  async function fits(request: ChatRequest, room: number, signal: AbortSignal): Promise<boolean> {
    const count = await countAgainstLimit(await toCounted(request, signal), room, paceFor(signal));
    return count === undefined || count <= room;
  }

  return {
    complete,
    countTokens,
    fits,
    editContext: (request, edits, signal) =>
      editContext(request, edits, (edited) => countTokens(edited, signal)),
    async listModels(signal) {
      const models = await upstream.listModels(signal);
      return config.LIST_ALIASES === "off"
        ? models
        : [...models, ...listAliases(models, config.MODEL_ALIASES)];
    },
    resolveModel: resolve,
    canSee: (model) => canSee(model, config.VISION_MODELS),
  };
}
