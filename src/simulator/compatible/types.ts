import type { SimulatedCall } from "../choose-calls.ts";
import type { RecordedRequest } from "../types.ts";
import type { LeakedSyntax } from "./leaked-markup.ts";

/** The servers that can be played. */
export type PersonaName =
  | "vllm"
  | "sglang"
  | "llama.cpp"
  | "ollama"
  | "lm-studio"
  | "tgi"
  | "openrouter"
  | "akashml";

/**
 * What a server does with tools: parses calls (`native`); shows the tools to the model but leaves its markup in the
 * content (`leaky`); refuses them with a 400, as vLLM without its flags (`none-400`); or says nothing and the model
 * never sees them (`dropped`).
 */
export type ToolSupport = "native" | "leaky" | "none-400" | "dropped";

/** One model as a server has it. */
export interface CompatibleModel {
  readonly id: string;
  /** In tokens. Default 32,768. A request that does not fit is refused, or cut, as the server does. */
  readonly contextLength?: number;
  /** In tokens; told by lists that have it. */
  readonly maxOutputTokens?: number;
  /** It thinks before it answers. */
  readonly reasoning?: boolean;
  /** It sees images. */
  readonly images?: boolean;
  /** Default: the server's. */
  readonly tools?: ToolSupport;
  /** It embeds texts, in vectors of so many numbers. */
  readonly embeddings?: number;
  /** It writes down speech, or speaks: the server has `/audio/transcriptions` and `/audio/translations`, or `/audio/speech`, then. */
  readonly audio?: "transcription" | "speech";
  /** It draws: the server has `/images/generations` then. */
  readonly draws?: boolean;
  /** USD per million tokens, in lists that have prices. */
  readonly price?: { readonly input: number; readonly output: number };
  /** More keys of its entry in the list, as the server spells them. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How a compatible server starts. All but the persona has a default. */
export interface CompatibleSimulatorOptions {
  readonly persona: PersonaName;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: what the persona usually has. */
  readonly models?: readonly CompatibleModel[];
  /** Default `native`. */
  readonly tools?: ToolSupport;
  /** How calls are written that leak: a family, or any function. Default `hermes`. */
  readonly leak?: LeakedSyntax | ((calls: readonly SimulatedCall[]) => string);
  /** Who has another key, or none, is refused. Default: no key is needed. */
  readonly apiKey?: string;
  /** The model is still being loaded until `setReady`; what that looks like depends on the server. Default false. */
  readonly loading?: boolean;
  /** Pause between the deltas of built-in answers, in ms. Default 0. */
  readonly pace?: number;
  /** What any request gets for which nothing is queued, lists too; `undefined`: what the server says by itself. */
  readonly script?: (request: RecordedRequest) => CompatibleScript | undefined;
  /** Unix time in ms. Default `Date.now`. */
  readonly now?: () => number;
}

/** One piece of a body, sent as an HTTP chunk of its own; a promise is awaited, and nothing sent for it. */
export type Piece = string | Uint8Array | Promise<void>;

/** How a body that is not complete ends; `open`: nothing more comes until the client goes away. */
export type Break = "end" | "cut" | "reset" | "open";

/** The reply to one request. */
export type CompatibleScript = (AnswerScript | RawScript | ErrorScript | SilenceScript) & {
  /** Only for requests that this accepts; others leave the script in the queue. */
  readonly when?: (request: RecordedRequest) => boolean;
  /** Awaited before anything is sent, the head too. */
  readonly gate?: Promise<void>;
};

/** A chat answer, told in the persona's way after its usual checks. What is given is said exactly, whatever the limits. */
export interface AnswerScript {
  readonly kind: "answer";
  /** A string is split in small deltas; a list gives exactly its deltas, and waits at its promises. */
  readonly text?: string | readonly (string | Promise<void>)[];
  readonly reasoning?: string;
  readonly calls?: readonly SimulatedCall[];
  /** Default: as the server says it (`stop`, `tool_calls`). */
  readonly finish?: string;
  /** `null`: none is told. Default: an estimate. */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number } | null;
  /** The answer breaks off. */
  readonly breaks?: {
    /** After so many deltas, the opening chunk not counted. Default: all of them; no finish comes. */
    readonly after?: number;
    /** A frame of the persona's for an error in mid-stream, or how the body stops without one. */
    readonly how: Break | { readonly status: number; readonly message: string };
  };
}

/** Exact bytes. */
export interface RawScript {
  readonly kind: "raw";
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A whole body has a content length; pieces come in chunks. Default: empty. */
  readonly body?: string | Uint8Array | Iterable<Piece> | AsyncIterable<Piece>;
  /** Default `end`. */
  readonly ending?: Break;
}

/** An error in the persona's shape. */
export interface ErrorScript {
  readonly kind: "error";
  readonly status: number;
  /** Default: words for the status. */
  readonly message?: string;
  /** More headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** No reply: nothing until the client goes away, a closed connection, or one that is reset. */
export interface SilenceScript {
  readonly kind: "hang" | "refuse" | "reset";
}

/** A running server that speaks OpenAI's API as one of the personas does. */
export interface CompatibleSimulator {
  readonly persona: PersonaName;
  /** Origin without a slash at the end. */
  readonly url: string;
  /** What clients take as their base URL: the origin and `/v1`, or where the persona has it. */
  readonly baseUrl: string;
  /**
   * Queues the reply to the next request for an answer (chat, completion, embedding, image), first in, first out;
   * answers wait for a chat or a completion. The function that it returns takes the reply out again.
   */
  enqueue(script: CompatibleScript): () => void;
  /** Queues the reply to the next request to another path, such as `/v1/models`; `when` is not asked. */
  enqueueAt(path: string, script: Exclude<CompatibleScript, { kind: "answer" }>): void;
  /** Drops all that is queued. */
  clear(): void;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** Only the chats. */
  readonly chats: readonly RecordedRequest[];
  setModels(models: readonly CompatibleModel[]): void;
  /** Ends, or begins, the time in which the model is being loaded. */
  setReady(ready: boolean): void;
  /** Resolves with chat request number `index` (from 0), at once or when it arrives. */
  waitForChat(index: number): Promise<RecordedRequest>;
  /** Resolves with request number `index` (from 0) to `path`. */
  waitForRequest(path: string, index?: number): Promise<RecordedRequest>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
