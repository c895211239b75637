import type { Dispatcher } from "undici";

import { GatewayError } from "../../errors.ts";
import { createAbortError } from "./abort.ts";
import { toConnectionError } from "./connection-error.ts";
import { decodeContent, type ReadableBody } from "./decode-content.ts";
import type { UpstreamNames } from "./names.ts";

/** One HTTP request, ready for the wire. */
export interface ExchangeRequest {
  /** For messages. */
  readonly names: UpstreamNames;
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Silence allowed until the reply's head, and between two pieces of its body. */
  readonly headersTimeoutMs: number;
  readonly bodyTimeoutMs: number;
}

/** The head of a reply and its body, to be read once. */
export interface Reply {
  readonly status: number;
  header(name: string): string | undefined;
  /** All `Set-Cookie` values. */
  readonly cookies: readonly string[];
  /** What has arrived since the last read, decoded; waits if nothing has. `undefined` at the end. */
  read(): Promise<readonly Uint8Array[] | undefined>;
  /** The whole body as text. Throws kind `upstream-protocol` when it is longer than `limit` bytes. */
  text(limit?: number): Promise<string>;
  /** Nothing more is wanted: lets a body that is about to end do so, that its connection can be used again. */
  discard(): void;
}

/** How far a request has come; `exchange` writes it. `answered`: at least a byte of a reply came. */
export interface Progress {
  stage: "unsent" | "sent" | "answered";
  /** Called when the last byte of the reply has come. */
  readonly onEnd?: () => void;
}

/** Unread bytes at which the upstream's socket is paused. */
const highWaterMarkBytes = 65_536;
const textLimitBytes = 16_777_216;
const discardMs = 1000;

/**
 * Sends a request. Resolves with the head. Rejects (and later reads reject) with what the
 * connection failed of, or kind `aborted` when the signal aborts, which closes the socket at once.
 * Built on `dispatch`: half the CPU of undici's `request`, a tenth of `fetch`.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  signal: AbortSignal,
  progress: Progress = { stage: "unsent" },
): Promise<Reply> {
  progress.stage = "unsent";
  if (signal.aborted) return Promise.reject(createAbortError());
  return new Promise<Reply>((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let body: Body | undefined;

    function leave(): void {
      const error = createAbortError();
      reject(error);
      body?.cancel(error);
      controller?.abort(error);
    }
    signal.addEventListener("abort", leave, { once: true });

    dispatcher.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        headersTimeout: request.headersTimeoutMs,
        bodyTimeout: request.bodyTimeoutMs,
      },
      {
        onRequestStart(started) {
          // Called when there is a connection and the request is about to be written to it.
          progress.stage = "sent";
          controller = started;
          if (signal.aborted) started.abort(createAbortError());
        },
        // The only sign of a reply whose head is never whole. Its type calls it old; nothing has taken its place.
        onResponseStarted() {
          progress.stage = "answered";
        },
        onResponseStart(started, status, headers) {
          if (status < 200) return;
          body = createBody(started);
          resolve(createReply(status, headers, body, request.names.title));
        },
        onResponseData(_started, chunk) {
          body?.push(chunk);
        },
        onResponseEnd() {
          signal.removeEventListener("abort", leave);
          progress.onEnd?.();
          body?.end();
        },
        onResponseError(_started, cause) {
          signal.removeEventListener("abort", leave);
          const error = toConnectionError(cause, body === undefined ? "head" : "body", request.names);
          reject(error);
          body?.fail(error);
        },
      },
    );
  });
}

interface Body extends ReadableBody {
  push(chunk: Uint8Array): void;
  end(): void;
  /** The connection broke: what came before can still be read. */
  fail(error: Error): void;
  /** The caller left: nothing can be read any more. */
  cancel(error: Error): void;
}

function createBody(controller: Dispatcher.DispatchController): Body {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  let paused = false;
  let state: "open" | "ended" | "failed" | "discarded" = "open";
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let stopDiscarding: (() => void) | undefined;

  function change(next: typeof state): void {
    if (state === "open") state = next;
    stopDiscarding?.();
    wake?.();
  }

  return {
    push(chunk) {
      if (state !== "open") return;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= highWaterMarkBytes) {
        controller.pause();
        paused = true;
      }
      // The reader wakes after this turn, so that it finds all chunks of one socket read together.
      wake?.();
    },
    end: () => change("ended"),
    fail(error) {
      failure ??= error;
      change("failed");
    },
    cancel(error) {
      chunks = [];
      failure = error;
      state = "failed";
      stopDiscarding?.();
      wake?.();
    },
    async read() {
      while (chunks.length === 0) {
        if (failure !== undefined && state === "failed") throw failure;
        if (state !== "open") return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
      const taken = chunks;
      chunks = [];
      bytes = 0;
      if (paused) {
        paused = false;
        controller.resume();
      }
      return taken;
    },
    discard() {
      if (state !== "open") return;
      state = "discarded";
      chunks = [];
      controller.resume();
      const timer = setTimeout(() => controller.abort(createAbortError()), discardMs);
      timer.unref();
      stopDiscarding = () => clearTimeout(timer);
    },
  };
}

/** Headers that are about the coded bytes. */
const codedHeaders = new Set(["content-encoding", "content-length"]);

function createReply(
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Body,
  title: string,
): Reply {
  const cookies = headers["set-cookie"];
  const coding = headers["content-encoding"];
  const decoded = coding === undefined ? undefined : decodeContent(body, String(coding), title);
  const content = decoded ?? body;
  return {
    status,
    header(name) {
      if (decoded !== undefined && codedHeaders.has(name)) return undefined;
      const value = headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    cookies: cookies === undefined ? [] : Array.isArray(cookies) ? cookies : [cookies],
    read: () => content.read(),
    async text(limit = textLimitBytes) {
      const parts: Uint8Array[] = [];
      let total = 0;
      for (let chunks = await content.read(); chunks !== undefined; chunks = await content.read()) {
        for (const chunk of chunks) {
          parts.push(chunk);
          total += chunk.length;
        }
        if (total > limit) {
          content.discard();
          throw new GatewayError("upstream-protocol", `${title}'s reply is too long to be read.`);
        }
      }
      return Buffer.concat(parts).toString("utf8");
    },
    discard: () => content.discard(),
  };
}
