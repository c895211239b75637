import type { Capabilities } from "../../model/capabilities.ts";

/** What answers have shown of a model at a server, where they showed more than its list says. */
export interface LearnedFacts {
  /** What the server refused, or left out without a word. */
  readonly capabilities?: Partial<Capabilities> | undefined;
  /** Most tokens of one answer, in the server's own words. */
  readonly maxOutputTokens?: number | undefined;
  /** Tokens that prompt and answer share, in the server's own words. */
  readonly contextLength?: number | undefined;
  /** Members of a request's body that the server refuses for this model. */
  readonly refusedFields?: readonly string[] | undefined;
  /** Of whom this was learned: what is listed under the same id may be another model one day. */
  readonly mark?: string | undefined;
  /** The server's build (`system_fingerprint`). */
  readonly build?: string | undefined;
  /** When, ms since the epoch. */
  readonly learnedAt: number;
}

/** Keeps what was learned. Never has keys, prompts or answers. */
export interface CapabilityMemory {
  /** `key` names a server and a model there. */
  get(key: string): LearnedFacts | undefined;
  /** `undefined` forgets. At once; what must be written is written in the background. */
  set(key: string, facts: LearnedFacts | undefined): void;
  /** Resolves when all is written, or could not be. */
  settle(): Promise<void>;
}

/** Clients can name any model where there is no list. */
export const mostFacts = 1000;
