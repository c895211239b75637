import type { Sampling } from "./request.ts";

/** A text that a model goes on with, without the form of a chat. */
export interface TextRequest {
  /** The upstream's own id. */
  readonly model: string;
  readonly prompt: string;
  /** What follows the gap that the model is to fill. */
  readonly suffix?: string;
  readonly sampling: Sampling;
  /** Upper bound of output tokens. */
  readonly maxOutputTokens?: number;
  /** Texts that end the answer and are not part of it. */
  readonly stopSequences: readonly string[];
}
