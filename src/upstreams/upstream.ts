import type { AllowanceState, Budget } from "../model/budget.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { EventBatch } from "../model/events.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { PlainRequest } from "../model/plain-request.ts";

/** What an image is made of: the turns, oldest first; the last is the wish. */
export interface ImageRequest {
  readonly model: string;
  readonly turns: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  readonly temperature?: number;
  readonly topP?: number;
}

/**
 * Where an image lies: a file name of the upstream's image route, or the bytes themselves, which nobody has looked at.
 */
export type ImageSource =
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array };

/** The life of one image job: `accepted`, any number of `progress`, one `done`. Failure throws. */
export type ImageEvent =
  | {
      readonly type: "accepted";
      readonly jobId: string;
      /** The prompt as the upstream rewrote it, unescaped. */
      readonly prompt: string;
      readonly negativePrompt: string;
    }
  | {
      readonly type: "progress";
      readonly status: string;
      readonly queuePosition: number | undefined;
      readonly elapsedMs: number;
    }
  | { readonly type: "done"; readonly image: ImageSource };

/** A file of the upstream's image route, streamed. What is in it, only its bytes tell. */
export interface ImageFile {
  readonly status: 200 | 304;
  readonly etag: string | undefined;
  readonly contentLength: number | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A text-only chat service. All methods throw `GatewayError`. `watch` learns what is asked, and how often. */
export interface Upstream {
  /** As operators know it: in the log and in the state of the gateway. */
  readonly name: string;
  /**
   * The models offered: what is known, at once, renewed in the background when it is old. Waits only while nothing is
   * known, some seconds at most, and then throws.
   */
  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Asks for the models anew, unless that happened some seconds ago; waits some seconds at most, else as `listModels`. */
  refreshModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /**
   * Streams one answer, a batch per network read. `signal` aborts at once, also before the first byte.
   * Ends after `finish` or throws.
   */
  stream(request: PlainRequest, signal: AbortSignal, watch?: CallWatch): AsyncIterable<EventBatch>;
  /** Makes one image and tells of its progress. A text answer throws kind `image-declined`, that text as its `answer`. */
  makeImage(request: ImageRequest, signal: AbortSignal, watch?: CallWatch): AsyncIterable<ImageEvent>;
  /** Opens an image file by its bare name. `ifNoneMatch` is passed on. Unknown: kind `not-found`. */
  openImage(name: string, ifNoneMatch: string | undefined, signal: AbortSignal): Promise<ImageFile>;
  /** What is left of what the upstream allows this gateway, as far as is known. Waits for nothing; renews in the background. */
  budget(): Budget | undefined;
  /**
   * What is known of what the upstream allows, after a look at it; but looks are made at most every 30 s, whoever asks and
   * however often. Waits some seconds at most. Rejects only when `signal` aborts.
   */
  allowance(signal: AbortSignal): Promise<AllowanceState>;
  /**
   * Tokens that may still be spent, at once; before anything is known, what anonymous callers begin with. `undefined`: no
   * limit is known.
   */
  tokensLeft(): number | undefined;
  /** Closes connections. */
  close(): Promise<void>;
}
