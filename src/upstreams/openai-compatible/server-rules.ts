import type { Capabilities } from "../../model/capabilities.ts";
import type { Effort, Sampling } from "../../model/request.ts";

/** A member of the request's body in which a message gives earlier thinking back. */
export type ReasoningField = "reasoning" | "reasoning_content";

/** How a server is told how much to think; `undefined` where it can't be. */
export interface ThinkingRules {
  /** `field`: `reasoning_effort: "low"`; `object`: `reasoning: {effort: "low"}`. */
  readonly form: "field" | "object";
  /** The words that it takes, in the order of `efforts`. */
  readonly words: readonly Effort[];
  /** What turns thinking off, where that is more than the word `none`; members of the request's body. */
  readonly off?: Readonly<Record<string, unknown>>;
}

/** Where a server tells of its models, as paths below its origin; without `/v1` it is the server's own API. */
export interface DiscoveryPaths {
  /** Lists, the one that says most first. */
  readonly lists: readonly string[];
  /** Of one model: `POST` with `{model}`. */
  readonly show?: string;
  /** Of the one model that is loaded. */
  readonly properties?: string;
}

/** What an operator has to say of a server, and what need not be said. */
export interface SetupRules {
  /** Where it usually is; absent: the operator must say. Ports are those of each server's own documentation. */
  readonly baseUrl?: string;
  /** The variable in which its key usually is, where no request is answered without a key. */
  readonly keyVariable?: string;
  /** Its API is under `/v1`, so an address without a path means that. */
  readonly underV1: boolean;
  /** A sentence for editors. */
  readonly description: string;
}

/**
 * What sets a server apart from the others, as data. A deployment is a file of these. What all have in common
 * (`max_tokens`, `system`, never empty `tools`, `required` for a named tool) is in the encoder.
 */
export interface ServerRules {
  /** The server's `type` in configuration: `llamacpp`. */
  readonly name: string;
  readonly setup: SetupRules;
  /** What people call it: `llama.cpp`. `undefined`: it may be any. */
  readonly title: string | undefined;
  /** `max_completion_tokens` goes beside `max_tokens`. */
  readonly maxCompletionTokens: boolean;
  /** What it calls each setting of sampling. What is left out it does not take, and is not sent. */
  readonly sampling: Readonly<Partial<Record<keyof Sampling, string>>>;
  /** Most stop sequences in one request; the gateway watches for the others itself. */
  readonly stopSequences: number;
  /** The server fetches pictures from http addresses; else they must be inline. */
  readonly fetchesImages: boolean;
  /** The fields in which a model gets its own earlier thinking back; empty: not at all. */
  readonly reasoningFields: readonly ReasoningField[];
  /** `reasoning_details` go back unchanged. */
  readonly reasoningDetails: boolean;
  readonly thinking: ThinkingRules | undefined;
  /** A history with calls is refused unless the tools are in the request, even when none may be called. */
  readonly toolsWithHistory: boolean;
  readonly discovery: DiscoveryPaths;
  /** What holds of all its models, unless something says otherwise: its lists, its answers, or the operator. */
  readonly capabilities: Partial<Capabilities>;
  /** Its `system_fingerprint` names the build that runs: another one may do what the last could not. */
  readonly namesBuild: boolean;
  /** What it has beside chats: `/embeddings`, `/completions`, `/images/generations`, `/audio/…`. */
  readonly routes: {
    readonly embeddings: boolean;
    readonly completions: boolean;
    readonly pictures: boolean;
    readonly audio: boolean;
  };
  /** How it is known: what its models are `owned_by`, and the end of its host name. */
  readonly ownedBy?: readonly string[];
  readonly hosts?: readonly string[];
}

/** The rules for a model that can neither be told how much to think nor be given its thinking back. */
export function withoutReasoning(rules: ServerRules): ServerRules {
  return { ...rules, thinking: undefined, reasoningFields: [], reasoningDetails: false };
}
