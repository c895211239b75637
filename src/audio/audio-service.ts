import type { AudioPiece, AudioRequest } from "../model/audio.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { Source } from "../stream/source.ts";

/** What a route knows of the caller. */
export interface AudioContext {
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly watch?: CallWatch | undefined;
}

/** Makes text of speech and speech of text, by the upstreams that have models for it. */
export interface AudioService {
  /** Throws kind `not-found`, with what to configure, while no upstream does, whatever is asked. */
  checkOffered(): void;
  /**
   * The answer to a request, whose `model` is the client's id: an alias, another spelling, or none or `auto` for the first model
   * that is listed for it. The last piece has its usage, estimated where the upstream does not tell. Rejects with `GatewayError`: `model-not-found` for an unknown
   * model and `invalid-request` for one of another kind; both name those that do.
   */
  answer(request: AudioRequest, context: AudioContext): Source<AudioPiece>;
}
