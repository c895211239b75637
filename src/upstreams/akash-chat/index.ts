import { GatewayError } from "../../errors.ts";
import type { CallWatch } from "../../model/call-watch.ts";
import type { EventBatch, Usage } from "../../model/events.ts";
import type { ChatRequest } from "../../model/request.ts";
import { startRealTimer } from "../../stream/real-timer.ts";
import { linkSignal } from "../../stream/link-signal.ts";
import type { Sink } from "../../stream/source.ts";
import { withIdleTimeout } from "../../stream/with-idle-timeout.ts";
import type { AskOptions, ImageEvent, ImageRequest, PictureUpstream, Upstream } from "../upstream.ts";
import { throwIfAborted, withAbort } from "../http/abort.ts";
import { cleanErrors, createErrorCleaner } from "../http/clean-errors.ts";
import { createAllowance } from "./allowance.ts";
import { createClient } from "./client.ts";
import { listCookieSecrets } from "./cookies.ts";
import { imageModelId } from "./decode-models.ts";
import { createTimeoutError } from "./names.ts";
import { decodeError, readRefusal } from "./decode-error.ts";
import { encodeImageRequest, encodeRequest } from "./encode-request.ts";
import { fetchAnyModels, fetchModels } from "./fetch-models.ts";
import { createImagePoller, type StatusReply } from "./image-poller.ts";
import { makeImage } from "./make-image.ts";
import { createModels } from "./models.ts";
import { openImage } from "./open-image.ts";
import type { AkashChatOptions } from "./options.ts";
import { createSession } from "./session.ts";
import { shareAllowance } from "./share-allowance.ts";
import { decodeReply } from "./stream-chat.ts";
import { fetchUsageStatus } from "./usage-status.ts";

export type { AkashChatOptions } from "./options.ts";

/** Akash Chat as an upstream: it always draws. */
export interface AkashChatUpstream extends Upstream {
  readonly pictures: PictureUpstream;
}

/** It takes no conversation without a system message. */
const fallbackSystemPrompt = "You are a helpful assistant.";

/** Creates the upstream for `AKASH_BASE_URL`. Nothing is asked of it before the first call. */
export function createAkashChatUpstream(options: AkashChatOptions): AkashChatUpstream {
  const { config, now } = options;
  const startTimer = options.startTimer ?? startRealTimer;
  const client = createClient(options);
  const session = createSession(client, options);
  const source = { client, session, now };
  const { AKASH_ACCESS_TOKEN = "", AKASH_COOKIE = "" } = config;
  const clean = createErrorCleaner([
    AKASH_ACCESS_TOKEN,
    ...listCookieSecrets(AKASH_COOKIE),
    ...Object.values(options.headers ?? {}),
  ]);
  const models = createModels({
    fetch: (signal, { cold }) => (cold ? fetchAnyModels : fetchModels)(source, signal),
    cacheMs: config.MODELS_CACHE_MS,
    log: options.log,
    now,
    startTimer,
  });
  const poller = createImagePoller({ ask: askStatus, intervalMs: config.IMAGE_POLL_MS, startTimer });

  const allowance = createAllowance({
    look: (signal) => fetchUsageStatus(client, { signal, now: now(), token: session.current }),
    now,
    log: options.log,
    startTimer,
    shared:
      options.notices && options.identity !== undefined
        ? shareAllowance(options.notices, options.identity, now)
        : undefined,
  });

  /** Asks a model. A refusal costs nothing upstream, so a model that has another id is asked for by that, too. */
  async function postChat(
    model: string,
    encode: (id: string) => Uint8Array,
    { signal, watch, hasOthers, mayRepeat }: AskOptions,
  ) {
    const post = (id: string) =>
      allowance.spend(() =>
        session.send(
          {
            method: "POST",
            path: "/api/chat/",
            body: encode(id),
            patience: "chat",
            watch,
            hasOthers,
            mayRepeat,
          },
          signal,
        ),
      );
    const { likely, other } = models.wireIds(model);
    try {
      return await post(likely);
    } catch (error) {
      if (!isModelRefusal(error)) throw error;
      models.doubt();
      if (!models.isOwn(model)) throw error;
      if (other === undefined) throw createRefusedError(model, error);
      watch?.retry("model-refused");
    }
    try {
      return await post(other);
    } catch (error) {
      throw isModelRefusal(error) ? createRefusedError(model, error) : error;
    }
  }

  async function chat(request: ChatRequest, asking: AskOptions, sink: Sink<EventBatch>): Promise<void> {
    throwIfAborted(asking.signal);
    const { model } = request;
    const defaults = models.peek(model);
    const encode = (id: string) =>
      encodeRequest(id === model ? request : { ...request, model: id }, defaults);
    const reply = await postChat(model, encode, asking);
    await decodeReply(reply, model, (batch) => {
      const last = batch.at(-1);
      if (last?.type === "finish") countUsage(last.usage);
      return sink(batch);
    });
  }

  function countUsage({ inputTokens = 0, outputTokens = 0 }: Usage): void {
    allowance.count(inputTokens + outputTokens);
  }

  async function askStatus(jobIds: readonly string[], signal: AbortSignal): Promise<StatusReply> {
    const ids = jobIds.map((id) => encodeURIComponent(id)).join(",");
    const reply = await client.send(
      { method: "GET", path: `/api/image-status/?ids=${ids}`, token: session.current, patience: "short" },
      signal,
    );
    if (reply.status === 200) return { text: await reply.text() };
    const refusal = await readRefusal(reply);
    // Its own 404 and 500 may be about a single id; a page of the network in front is about none.
    if (/^application\/json\b/i.test(refusal.contentType)) {
      return { refused: decodeError(refusal, { now: now() }).message };
    }
    throw decodeError(refusal, { now: now() });
  }

  return {
    name: options.name ?? "akash-chat",
    owner: "Akash Network",
    systemPrompt: fallbackSystemPrompt,
    listModels: (signal) => models.list(signal),
    refreshModels: (signal, asked) => models.refresh(signal, asked),
    get listRemark() {
      return models.remark;
    },
    login: {
      name: "session",
      async check(signal) {
        const { token, lifetimeMs } = await session.get(signal);
        return token === undefined
          ? "reached, no session needed"
          : `reached, session good for ${Math.round(lifetimeMs / 1000)} s`;
      },
    },
    probe: () =>
      Promise.resolve({
        tools: "emulated",
        used: "emulated",
        reason: "Akash Chat takes text alone",
        tokens: 0,
      }),
    describeModel: (id) => models.peek(id),
    async stream(request, asking, sink) {
      const { signal, abort, release } = linkSignal(asking.signal);
      try {
        await withIdleTimeout<EventBatch>(
          (take) => chat(request, { ...asking, signal }, take),
          {
            firstMs: config.FIRST_BYTE_TIMEOUT_MS,
            idleMs: config.IDLE_TIMEOUT_MS,
            startTimer,
            now: () => performance.now(),
            abort,
            toError: () => createTimeoutError(),
          },
          sink,
        );
      } catch (error) {
        throw clean(error);
      } finally {
        release();
      }
    },
    pictures: {
      defaultModel: imageModelId,
      makeImage(request: ImageRequest, signal: AbortSignal, watch?: CallWatch): AsyncIterable<ImageEvent> {
        const make = (own: AbortSignal) =>
          makeImage(
            request,
            {
              async ask(asking) {
                const { model } = request;
                const defaults = models.peek(model);
                const encode = (id: string) =>
                  encodeImageRequest(
                    { ...request, model: id },
                    config.SYSTEM_PROMPT ?? fallbackSystemPrompt,
                    defaults,
                  );
                return (await postChat(model, encode, { signal: asking, watch })).text();
              },
              poller,
              timeoutMs: config.IMAGE_TIMEOUT_MS,
              startTimer,
              now,
            },
            own,
          );
        return withAbort(signal, (own) => cleanErrors(make(own), clean));
      },
      openImage: (name, ifNoneMatch, signal) =>
        openImage(client, { name, ifNoneMatch, token: session.current, now: now() }, signal),
    },
    budget: (options) => allowance.budget(options),
    allowance: (signal, asked) => allowance.state(signal, asked),
    tokensLeft: () => allowance.tokensLeft(),
    async close() {
      allowance.close();
      models.close();
      poller.close();
      await client.close();
    },
  };
}

function isModelRefusal(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.kind === "model-not-found";
}

/** A model of the upstream's own that is refused has not ceased to exist: a part of the app is away. */
function createRefusedError(model: string, cause: unknown): GatewayError {
  return new GatewayError(
    "overloaded",
    `Akash Chat has the model \`${model}\`, but refuses it at the moment. Try again later, or take another model.`,
    { cause },
  );
}
