import { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import type { PlainRequest } from "../../model/plain-request.ts";
import { withIdleTimeout } from "../../stream/with-idle-timeout.ts";
import type { ImageEvent, ImageRequest, Upstream } from "../upstream.ts";
import { throwIfAborted, withAbort } from "./abort.ts";
import { createClient } from "./client.ts";
import { createTimeoutError } from "./connection-error.ts";
import { decodeError, readRefusal } from "./decode-error.ts";
import { encodeImageRequest, encodeRequest } from "./encode-request.ts";
import { createImagePoller, type StatusReply } from "./image-poller.ts";
import { makeImage } from "./make-image.ts";
import { createModels } from "./models.ts";
import { openImage } from "./open-image.ts";
import { type AkashChatOptions, startRealTimer } from "./options.ts";
import { createSession } from "./session.ts";
import { decodeReply } from "./stream-chat.ts";

export type { AkashChatOptions } from "./options.ts";

/** Creates the upstream for `AKASH_BASE_URL`. Nothing is asked of it before the first call. */
export function createAkashChatUpstream(options: AkashChatOptions): Upstream {
  const { config, now } = options;
  const startTimer = options.startTimer ?? startRealTimer;
  const client = createClient(options);
  const session = createSession(client, options);
  const models = createModels(client, session, options);
  const poller = createImagePoller({ ask: askStatus, intervalMs: config.IMAGE_POLL_MS, startTimer });

  async function postChat(body: Uint8Array, signal: AbortSignal) {
    try {
      return await session.send({ method: "POST", path: "/api/chat/", body, patience: "chat" }, signal);
    } catch (error) {
      if (error instanceof GatewayError && error.kind === "model-not-found") models.forget();
      throw error;
    }
  }

  async function* chat(
    request: PlainRequest,
    signal: AbortSignal,
  ): AsyncGenerator<EventBatch, void, undefined> {
    throwIfAborted(signal);
    const body = encodeRequest(request, models.peek(request.model));
    yield* decodeReply(await postChat(body, signal), request.model);
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
    listModels: (signal) => models.list(signal),
    stream(request, signal) {
      return withAbort(signal, (own, abort) =>
        withIdleTimeout(chat(request, own), {
          firstMs: config.FIRST_BYTE_TIMEOUT_MS,
          idleMs: config.IDLE_TIMEOUT_MS,
          startTimer,
          abort,
          toError: () => createTimeoutError(),
        }),
      );
    },
    makeImage(request: ImageRequest, signal: AbortSignal): AsyncIterable<ImageEvent> {
      return withAbort(signal, (own) =>
        makeImage(
          request,
          {
            async ask(asking) {
              const body = encodeImageRequest(request, config.SYSTEM_PROMPT, models.peek(request.model));
              return (await postChat(body, asking)).text();
            },
            poller,
            timeoutMs: config.IMAGE_TIMEOUT_MS,
            startTimer,
            now,
          },
          own,
        ),
      );
    },
    openImage: (name, ifNoneMatch, signal) =>
      openImage(client, { name, ifNoneMatch, token: session.current, now: now() }, signal),
    async close() {
      poller.close();
      await client.close();
    },
  };
}
