import type { IncomingHttpHeaders } from "node:http";

/** The upstream web app as of July 2025 (`A`) or May 2026 (`B`). */
export type Generation = "A" | "B";

/** How chat replies are framed: the AI SDK's data stream v1, or the event stream of its later versions. */
export type Protocol = "data-stream" | "ui-message-stream";

/**
 * What a self-hosted instance of B has: everything; no accounts (chat asks for no session); or neither accounts nor
 * Redis nor a database (the session is the word `validated`, the list has plain numbers).
 */
export type Instance = "full" | "no-accounts" | "standalone";

/** One model as the simulator offers it; both generations' list shapes are made from this. */
export interface SimulatedModel {
  readonly id: string;
  /** What the back end calls it (B). Default: its row says nothing, and the back end calls it by `id`. */
  readonly apiId?: string;
  readonly name?: string;
  readonly description?: string;
  readonly temperature?: number;
  readonly topP?: number;
  /** Context length in tokens. */
  readonly tokenLimit?: number;
  /** `false`: the row exists but is not offered. */
  readonly available?: boolean;
  /** What every token counts for in the usage limit. Default 1. */
  readonly multiplier?: number;
  /** More keys of the model's entry in the list, as the upstream spells them. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The back end's reasoning arrives as one `<think>` delta in built-in answers. */
  readonly reasoning?: boolean;
}

/** How a simulator starts. Everything has a default. */
export interface SimulatorOptions {
  /** Default `B`. */
  readonly generation?: Generation;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** The models offered, in order; `[]` plays a failing back end. Default: a plausible list. */
  readonly models?: readonly SimulatedModel[];
  /** Usage limit of B: effective tokens per client address and 4 h window. Default: no limit. */
  readonly tokenLimit?: number;
  /** How much of the app is there (B). Default `full`. */
  readonly instance?: Instance;
  /** A self-hosted instance's ACCESS_TOKEN. Default: none. */
  readonly accessToken?: string;
  /** Framing of chat replies. Default `data-stream`. */
  readonly protocol?: Protocol;
  /** Life of a session in seconds. Default 600. */
  readonly sessionSeconds?: number;
  /** Pause between the small deltas of built-in answers, in ms. Default 0. */
  readonly pace?: number;
  /** What is said to a chat request for which nothing is queued; `undefined`: the built-in answer. */
  readonly script?: (body: ChatBody) => ScriptedReply | undefined;
  /** Unix time in ms. Default `Date.now`. */
  readonly now?: () => number;
}

/** A chat request's body after the app has accepted its shape. Other keys are kept. */
export interface ChatBody {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly model?: string;
  readonly system?: string;
  readonly temperature?: unknown;
  readonly topP?: unknown;
  readonly context?: readonly { readonly name?: unknown; readonly content?: unknown }[];
  readonly [key: string]: unknown;
}

/** Ways in which a chat request can fail. `afterDeltas` counts text deltas; default: all of them. */
export type ScriptedError =
  /** Only a `3:` frame, as for every back-end error before the first text. */
  | { readonly kind: "three"; readonly message: string }
  /**
   * `3:` (default `[object Object]`), then `e`/`d` with finish reason `error`; or, with `goesOn`, the rest of the
   * answer as if nothing had been.
   */
  | {
      readonly kind: "mid";
      readonly message?: string;
      readonly afterDeltas?: number;
      readonly goesOn?: boolean;
    }
  /** `3:"terminated"` and a clean end of the body, without `e`/`d`. */
  | { readonly kind: "terminated"; readonly afterDeltas?: number }
  /** A clean end of the body without `e`/`d`. */
  | { readonly kind: "early-end"; readonly afterDeltas?: number }
  /** The socket is cut in the middle of the body. */
  | { readonly kind: "cut"; readonly afterDeltas?: number }
  /** The socket is closed without a status line. */
  | { readonly kind: "refuse" }
  /** Nothing at all is sent until the client goes away. */
  | { readonly kind: "hang" }
  /** Any HTTP reply. Content type default: JSON when `body` is an object, else `text/plain`. */
  | {
      readonly kind: "http";
      readonly status: number;
      readonly body?: string | object;
      readonly contentType?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A CDN's page: a challenge for 403/503/200, a gateway error for other statuses. Default status 403. */
  | { readonly kind: "html"; readonly status?: number }
  /** No body. Status default 200 (with the stream's headers); 500 is the app's unhandled error. */
  | { readonly kind: "empty"; readonly status?: number }
  /** 403 `Unauthorized: Invalid session`, whatever the cookie. */
  | { readonly kind: "session" }
  /** B's 403 `Model not available`; `available` default: the list's ids. `[]` = failing back end. */
  | { readonly kind: "model"; readonly available?: readonly string[] }
  /** B's 429; `resetAt` (unix s) default: an hour from now. */
  | { readonly kind: "usage"; readonly resetAt?: number }
  /** B's 500 `Error generating image`. */
  | { readonly kind: "image"; readonly message: string }
  /**
   * These bytes in place of an HTTP reply, status line and head included, then the connection is closed, or with
   * `open` left as it is until the client goes away.
   */
  | { readonly kind: "wire"; readonly bytes: Uint8Array | string; readonly open?: boolean };

/** The errors that take the place of a whole reply, on any route. */
export type ScriptedEdgeError = Exclude<
  ScriptedError,
  { kind: "three" | "mid" | "terminated" | "early-end" | "cut" | "image" }
>;

/** How the list of models is answered in place of the usual way. */
export interface ScriptedModels {
  /** Awaited before anything is sent; one that never opens plays a list that hangs. */
  readonly gate?: Promise<void>;
  /** Default: the usual list. */
  readonly error?: Extract<ScriptedError, { readonly kind: "refuse" | "hang" | "http" | "html" | "empty" }>;
}

/** What an AkashGen request leads to. */
export interface ScriptedImage {
  /** The prompt as the small model rewrote it. */
  readonly prompt: string;
  readonly negative?: string;
  /** Default: a fresh UUID. `undefined` as text plays a back end without a job. */
  readonly jobId?: string;
  /**
   * What the status route says, one word per poll; the last one stays. Default `["waiting", "pending",
   * "succeeded"]`. A number is an HTTP error of that status (`404` = the job is not there yet),
   * `"broken"` the app's 500, `"missing"` a 200 reply with an empty array, `"not-found-text"` the JSON string `Job
   * not found: …`.
   */
  readonly statuses?: readonly (string | number)[];
  /** Form of the result: the image route (default), a data URL, bare base64, an absolute URL, or any text. */
  readonly result?: "path" | "data-url" | "base64" | "absolute" | { readonly text: string };
  /** Awaited in every status poll before it answers. */
  readonly pollGate?: Promise<void>;
  /** What the image route gives; its bytes also stand in a data URL or base64. Default: a small picture. */
  readonly file?: ScriptedFile;
}

/** A file of the image route, good or bad. */
export interface ScriptedFile {
  /** The whole body, or piece by piece, each an HTTP chunk. Default: a small webp picture. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Default `image/webp`. */
  readonly contentType?: string;
  /** Claimed in `Content-Length`. Default: none, the body comes in chunks as it does from the app. */
  readonly contentLength?: number;
  /** The socket is cut after the body. */
  readonly cut?: boolean;
}

/** The reply to one chat request. Without `error`, `raw` or `image` it is a text answer. */
export interface ScriptedReply {
  /** Only for requests that this accepts; others leave the reply in the queue. */
  readonly when?: (body: ChatBody) => boolean;
  /** A string is split in small deltas; anything iterable gives exactly its deltas. */
  readonly text?: string | Iterable<string> | AsyncIterable<string>;
  /** Sent as the single `<think>` delta before the text; without text it is lost, as upstream. */
  readonly reasoning?: string;
  /** Default `stop`. `unknown` is what an answer cut by the back end carries. */
  readonly finishReason?: string;
  /** `null`: both counts are null. Default: an estimate. */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number } | null;
  /** Pause between deltas in ms. */
  readonly delayMs?: number;
  /**
   * Awaited before the delta number `gateAfter` (default 0, the first); `f:` and the head are out by then. An error
   * that takes the place of the reply waits for it too.
   */
  readonly gate?: Promise<void>;
  readonly gateAfter?: number;
  /** With `gate` before the first delta: send nothing at all before it, not even the status line. */
  readonly holdHead?: boolean;
  /** Re-cuts the body into pieces of this many bytes, ignoring frames and characters. */
  readonly chunkBytes?: number;
  /** The text or error arrives in this framing. Default: the simulator's. */
  readonly protocol?: Protocol;
  readonly error?: ScriptedError;
  /** What comes after the finish of a text answer. Default: the end of the body. */
  readonly after?: ScriptedAftermath;
  /** Exact body bytes, sent with the stream's usual head (or the `head` given here). */
  readonly raw?: Uint8Array | string;
  readonly head?: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> };
  /** AkashGen only: an image job. */
  readonly image?: ScriptedImage;
}

/** What follows an answer that is complete. */
export interface ScriptedAftermath {
  readonly bytes?: Uint8Array | string;
  /** `cut`: the socket is cut without the end of the body. `open`: nothing more comes until the client goes away. */
  readonly ending?: "end" | "cut" | "open";
}

/** What happens to one request to a route other than chat. */
export interface ScriptedIncident {
  /** Awaited before anything else. */
  readonly gate?: Promise<void>;
  /** In place of the route's reply. Default: the reply as usual. */
  readonly error?: ScriptedEdgeError;
}

/** A request as it came in. */
export interface RecordedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON, else the text. */
  readonly body: unknown;
  /** `client-left` when the connection closed before the reply was complete. */
  readonly closed: Promise<"finished" | "client-left">;
}

/** A running stand-in for the upstream. */
export interface Simulator {
  /** Origin without a slash at the end. */
  readonly url: string;
  /**
   * Queues the reply to the next chat request (first in, first out). The function that it returns takes the reply
   * out again, if it is still there.
   */
  enqueue(reply: ScriptedReply): () => void;
  /** Queues what happens to the next request to another path, with or without the slash at its end. */
  enqueueAt(path: string, incident: ScriptedIncident): void;
  /** Drops all that is queued. */
  clear(): void;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Only POST /api/chat. */
  readonly chats: readonly RecordedRequest[];
  /** How many session tokens were given out. */
  readonly sessionsIssued: number;
  /** From now on no token that was given out is valid. */
  expireSessions(): void;
  /** Changes the model list. `[]` plays a failing back end, AkashGen alone one that lists nothing: the rows stay. */
  setModels(models: readonly SimulatedModel[]): void;
  /** From now on GET /api/models (not `/all`) is answered so; `undefined`: as usual again. */
  scriptModels(script: ScriptedModels | undefined): void;
  /**
   * Takes the database away from B, or gives it back. While it is away the app lists and accepts the back end's own
   * ids alone, as it does for ever where it never had one.
   */
  setDatabase(state: "up" | "down"): void;
  /** Resolves with chat request number `index` (from 0), at once or when it arrives. */
  waitForChat(index: number): Promise<RecordedRequest>;
  /** Resolves with request number `index` (from 0) to `path`, with or without the slash at its end. */
  waitForRequest(path: string, index?: number): Promise<RecordedRequest>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
