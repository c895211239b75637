import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import { pictureSettings } from "../../model/picture.ts";
import { linkSignal } from "../../stream/link-signal.ts";
import { startRealTimer } from "../../stream/real-timer.ts";
import type { Sink } from "../../stream/source.ts";
import { withIdleTimeout } from "../../stream/with-idle-timeout.ts";
import { throwIfAborted, withAbort } from "../http/abort.ts";
import { cleanErrors } from "../http/clean-errors.ts";
import { createTimeoutError } from "../http/connection-error.ts";
import type { AskOptions, PictureUpstream, Upstream } from "../upstream.ts";
import { checkKey } from "./check-key.ts";
import { continueText } from "./continue-text.ts";
import { createLearning } from "./create-learning.ts";
import { createServer } from "./create-server.ts";
import { embed } from "./embed.ts";
import { makeAudio } from "./make-audio.ts";
import { makePicture } from "./make-pictures.ts";
import { createModels } from "./models.ts";
import type { CompatibleEntry } from "../upstream-entry.ts";
import type { CompatibleSurroundings } from "./options.ts";
import { createRememberedDetails } from "./remember-details.ts";
import { runProbe } from "./run-probe.ts";
import { findServer } from "./servers/index.ts";
import { unknown } from "./servers/unknown.ts";
import { streamChat } from "./stream-chat.ts";

export type { CompatibleSurroundings } from "./options.ts";

/** Creates the upstream for a server with an OpenAI-compatible API. Nothing is asked of it before the first call. */
export function createCompatibleUpstream(
  options: CompatibleEntry,
  surroundings: CompatibleSurroundings,
): Upstream {
  const { name } = options;
  const { config, log, now, newId, memory, startTimer = startRealTimer } = surroundings;
  const configured = findServer(options.type) ?? unknown;
  const server = createServer(options, surroundings);
  const learning = createLearning({ memory, key: server.key, now });
  const models = createModels({
    server,
    baseUrl: options.baseUrl,
    rules: configured,
    models: options.models,
    learning,
    cacheMs: config.MODELS_CACHE_MS,
    log,
    now,
    startTimer,
  });
  const details = createRememberedDetails();
  const firstMs = options.firstByteTimeoutMs ?? config.FIRST_BYTE_TIMEOUT_MS;
  const idleMs = options.idleTimeoutMs ?? config.IDLE_TIMEOUT_MS;
  const common = { name, server, models, learning, surroundings, startTimer, details, now, newId };

  /**
   * An answer that is not silent for too long. `run` tells why nothing came yet, where it knows, and when all has come that
   * counts: then it ends by itself.
   */
  async function stream(
    asking: AskOptions,
    run: (
      options: AskOptions & {
        readonly onLoading: (error: GatewayError) => void;
        readonly onEnding: () => void;
      },
      sink: Sink<EventBatch>,
    ) => Promise<void>,
    sink: Sink<EventBatch>,
  ): Promise<void> {
    const { signal, abort, release } = linkSignal(asking.signal);
    let loading: GatewayError | undefined;
    let isEnding = false;
    const onLoading = (error: GatewayError) => void (loading = error);
    const onEnding = () => void (isEnding = true);
    try {
      await withIdleTimeout<EventBatch>(
        (take) => run({ ...asking, signal, onLoading, onEnding }, take),
        {
          firstMs,
          idleMs,
          startTimer,
          now: () => performance.now(),
          abort,
          toError: (phase) => (phase === "first" ? loading : undefined) ?? createTimeoutError(server.title),
          isOver: () => isEnding,
        },
        sink,
      );
    } catch (error) {
      throw server.clean(error);
    } finally {
      release();
    }
  }

  const pictures: Omit<PictureUpstream, "defaultModel"> = {
    settings: pictureSettings,
    makeImage: (request, signal, watch) =>
      withAbort(signal, (own) =>
        cleanErrors(makePicture(request, { ...common, signal: own, watch }), (error) => server.clean(error)),
      ),
    // Its pictures come as bytes.
    openImage: () => Promise.reject(new GatewayError("not-found", "There is no such image.")),
  };

  return {
    get pictures() {
      const defaultModel = models.rules.routes.pictures ? models.findImageModel() : undefined;
      return defaultModel === undefined ? undefined : { ...pictures, defaultModel };
    },
    name,
    listModels: (signal) => models.list(signal),
    refreshModels: (signal, asked) => models.refresh(signal, asked),
    describeModel: (id) => models.describe(id),
    async stream(request, asked, sink) {
      throwIfAborted(asked.signal);
      await stream(asked, (own, take) => streamChat(request, { ...common, ...own }, take), sink);
    },
    ...(configured.routes.embeddings
      ? {
          embed: (request, asked) =>
            embed(request, { ...common, ...asked }).catch((error: unknown) => {
              throw server.clean(error);
            }),
        }
      : {}),
    ...(configured.routes.audio
      ? {
          makeAudio: (request, asked, sink) =>
            makeAudio(request, { ...common, ...asked }, sink).catch((error: unknown) => {
              throw server.clean(error);
            }),
        }
      : {}),
    ...(configured.routes.completions
      ? {
          continueText: (request, asked, sink) =>
            stream(
              asked,
              (own, take) =>
                continueText(
                  request,
                  {
                    ...common,
                    ...own,
                    rules: models.rules,
                    samplingNames: models.samplingNames(request.model),
                  },
                  take,
                ),
              sink,
            ),
        }
      : {}),
    ...(options.apiKey === undefined
      ? {}
      : { login: { name: "key", check: (signal) => checkKey(server, signal) } }),
    probe: (model, asked) =>
      runProbe(model, { ...common, ...asked }).catch((error: unknown) => {
        throw server.clean(error);
      }),
    // `X-RateLimit-*` count requests or tokens of a minute, and no server says which: what is used up is told by a refusal.
    budget: () => undefined,
    allowance: () => Promise.resolve({ kind: "unknown" }),
    tokensLeft: () => undefined,
    async close() {
      models.close();
      await server.close();
    },
  };
}
