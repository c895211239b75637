import type { GatewayError } from "../errors.ts";
import type { ChatEvent } from "../model/events.ts";
import type { ChatRequest, Parameter } from "../model/request.ts";

/** How the client spelled what it asks of the model and what not every upstream takes. */
export type Spellings = Readonly<Partial<Record<Parameter, readonly string[]>>>;

/** A client's body, understood. */
export interface ParsedChat {
  readonly request: ChatRequest;
  readonly stream: boolean;
  /**
   * Parameters that have no effect, as the client spelled them (`x-ignored-parameters`), where the upstream takes no more than
   * the usual ones; another may take those of `spellings`.
   */
  readonly ignored: readonly string[];
  readonly spellings: Spellings;
}

/** Encodes canonical events as text of one wire format (SSE frames, mostly). */
export interface StreamEncoder<Event = ChatEvent> {
  /** What its frames are. Default: server-sent events. */
  readonly contentType?: string;
  /** The frames for one event; may be empty. After the `finish` event the stream is complete, `[DONE]` included. */
  push(event: Event): string;
  /** A frame that says nothing, for silence: at its time it is as good as any other. */
  heartbeat(): string;
  /** The dialect's own error frame. Nothing may follow; never a normal end. */
  fail(error: GatewayError): string;
}

/** Encodes several answers to one request as one stream (`n` of OpenAI's completions). */
export interface ChoicesEncoder {
  /** As in `StreamEncoder`. */
  readonly contentType?: string;
  /** The frames for one event of one choice; after the last choice's `finish` the stream is complete. */
  push(choice: number, event: ChatEvent): string;
  /** Likewise. */
  heartbeat(): string;
  /** Likewise. */
  fail(error: GatewayError): string;
}

/** An error as the dialect shows it. */
export interface EncodedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
