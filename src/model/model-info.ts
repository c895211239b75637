import type { Capabilities } from "./capabilities.ts";
import type { Parameter } from "./request.ts";

/** What a model costs, in US dollars. An absent figure is unknown; 0 is free. */
export interface Price {
  readonly inputPerMillion?: number;
  readonly outputPerMillion?: number;
  readonly perRequest?: number;
}

/** How long a prompt may be at an upstream that cuts or drops what is longer without a word. */
export interface PromptLimit {
  /** Tokens; less than the context where some of it is kept for the answer. */
  readonly tokens: number;
  /** By which encoding the upstream counts them; `own`: the model's. */
  readonly encoding: "cl100k_base" | "own";
}

/** What one upstream says of a model that it offers now. What is absent, it does not say. */
export interface ModelInfo {
  /** What the upstream calls it; in the merged list, what clients ask for. */
  readonly id: string;
  /** The model's own id, where `id` is another name for it (`MODEL_ALIASES`). */
  readonly aliasOf?: string;
  /** `chat` writes, `image` draws, `embedding` gives vectors, `transcription` writes down speech, `speech` speaks, `other` is of no use here. */
  readonly kind: "chat" | "image" | "embedding" | "transcription" | "speech" | "other";
  /** The upstream does not say what it is: `chat` is what most are. */
  readonly kindUnknown?: true;
  /** What the upstream's own back end calls it, where that is another id; clients may give it, too. */
  readonly backEndId?: string;
  /** `id` is the back end's, because the usual one is not known at the moment. */
  readonly raw?: true;
  readonly name?: string;
  readonly description?: string;
  readonly ownedBy?: string;
  /** Tokens that prompt and answer share. */
  readonly contextLength?: number;
  /** Of upstreams that don't refuse what is too long themselves. */
  readonly promptLimit?: PromptLimit;
  /** Most tokens of one answer. */
  readonly maxOutputTokens?: number;
  /** `text`, `image`, `audio` and such. */
  readonly inputModalities?: readonly string[];
  readonly outputModalities?: readonly string[];
  /** Absent: it takes and gives text alone, and the gateway adds the rest. */
  readonly capabilities?: Capabilities;
  /** What it can be asked for; the rest of a request's parameters does not reach it. Absent: `usualParameters`. */
  readonly parameters?: readonly Parameter[];
  /** `false`: it is not given its earlier thinking back, though it may give it apart from the text. */
  readonly takesThinking?: boolean;
  readonly price?: Price;
  /** Whether it is in its server's memory; one that is not is loaded by its first request. */
  readonly loaded?: boolean;
  /** The model's own defaults. */
  readonly temperature?: number;
  readonly topP?: number;
}
