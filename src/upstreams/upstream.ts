import type { AudioPiece, AudioRequest } from "../model/audio.ts";
import type { AllowanceState, Budget } from "../model/budget.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { EmbeddingRequest, EmbeddingResponse } from "../model/embedding.ts";
import type { EventBatch } from "../model/events.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { PictureSetting, PictureSettings } from "../model/picture.ts";
import type { ChatRequest, ToolDefinition } from "../model/request.ts";
import type { TextRequest } from "../model/text-request.ts";
import type { Sink } from "../stream/source.ts";

/** What an image is made of: the turns, oldest first; the last is the wish. */
export interface ImageRequest {
  readonly model: string;
  readonly turns: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  readonly temperature?: number;
  readonly topP?: number;
  /** How it shall be made, for upstreams that take it. */
  readonly settings?: PictureSettings;
  /**
   * The last turn describes a picture that must be drawn, where the model may answer with words instead: `urgent` after it did.
   * Absent: a message of a conversation, which decides itself.
   */
  readonly order?: "usual" | "urgent";
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

/** The pictures of an upstream that draws. All methods throw `GatewayError`. */
export interface PictureUpstream {
  /** The model that draws, also while no list shows it. */
  readonly defaultModel: string;
  /** The settings that it takes. Absent: none. */
  readonly settings?: readonly PictureSetting[];
  /** Makes one image and tells of its progress. A text answer throws kind `image-declined`, that text as its `answer`. */
  makeImage(request: ImageRequest, signal: AbortSignal, watch?: CallWatch): AsyncIterable<ImageEvent>;
  /** Opens an image file by its bare name. `ifNoneMatch` is passed on. Unknown: kind `not-found`. */
  openImage(name: string, ifNoneMatch: string | undefined, signal: AbortSignal): Promise<ImageFile>;
}

/** What goes with a request to an upstream. */
export interface AskOptions {
  /** Aborts at once, also before the first byte. */
  readonly signal: AbortSignal;
  /** Learns what is asked, and how often. */
  readonly watch?: CallWatch | undefined;
  /** Somebody else can be asked if this fails, so nothing is repeated that may fail again. Default: no. */
  readonly hasOthers?: boolean;
  /** Asked before a request that may have been read is sent again; `true` once for all legs of it together. Default: always. */
  readonly mayRepeat?: (() => boolean) | undefined;
  /** Say of what trace the request is, for a server that the operator has named; a public one has no use for them. */
  readonly traceHeaders?: Readonly<Record<string, string>> | undefined;
}

/** How a model is asked what its server does with tools. */
export interface ProbeOptions {
  /** Aborts at once. */
  readonly signal: AbortSignal;
  /** Whether a text has a call of a tool in it, as models write them. */
  readonly hasCall: (text: string, tool: ToolDefinition) => boolean;
}

/** What a tiny request showed of a model's tools. */
export interface ProbeReport {
  /** Who reads the model's calls: its server, or the gateway. `undecided`: its server may. */
  readonly tools: "native" | "emulated" | "undecided";
  /** Why, in words for the operator. */
  readonly reason: string;
  /** What is done from now on; what the operator says of the model counts more than what was found. */
  readonly used: "native" | "emulated";
  /** All that it cost, as the upstream counted. `undefined`: it does not say; 0: nothing was asked. */
  readonly tokens: number | undefined;
}

/** Whether an upstream lets the gateway in. */
export interface LoginCheck {
  /** What is wanted: `session`, `key`. */
  readonly name: string;
  /** Finds out without cost, and says in words what was seen. Throws `GatewayError` if it is refused. */
  check(signal: AbortSignal): Promise<string>;
}

/** How a list is asked for. */
export interface RefreshOptions {
  /** Waits until the list came or failed, a minute at most. Default: some seconds. */
  readonly patient?: boolean;
  /** Also where that happened a moment ago: somebody waits for just this. */
  readonly again?: boolean;
}

/** A service that answers for models. All methods throw `GatewayError`. */
export interface Upstream {
  /** Its own among all upstreams: in `name/model`, in the log, in headers. */
  readonly name: string;
  /** Whose its models are in lists, whatever its own list says. Absent: as that says. */
  readonly owner?: string;
  /** What a conversation without a system message gets, where the upstream takes none without; otherwise absent. */
  readonly systemPrompt?: string;
  /**
   * The models offered: what is known, at once, renewed in the background when it is old. Waits only while nothing is
   * known, some seconds at most, and then throws.
   */
  listModels(signal: AbortSignal): Promise<readonly ModelInfo[]>;
  /** Asks for the models anew, unless that happened some seconds ago; else as `listModels`, unless it shall be patient. */
  refreshModels(signal: AbortSignal, options?: RefreshOptions): Promise<readonly ModelInfo[]>;
  /** What is odd about the list as it is known now, in words for the operator. */
  readonly listRemark?: string | undefined;
  /** What comes before all else, for a diagnosis. Absent: it wants neither login nor key. */
  readonly login?: LoginCheck | undefined;
  /**
   * A model as it is known now: as it was listed, and what its answers have shown since. `undefined`: it is not known.
   * At once.
   */
  describeModel(id: string): ModelInfo | undefined;
  /**
   * Streams one answer into a sink, a batch per network read, with a request lowered to what the model can (`shaping/lower`);
   * `model` is the upstream's own id. Resolves after `finish`, or rejects.
   */
  stream(request: ChatRequest, options: AskOptions, sink: Sink<EventBatch>): Promise<void>;
  /** Absent: it draws nothing. It may come with a list that has a model for it. */
  readonly pictures?: PictureUpstream | undefined;
  /** Vectors of texts. Absent: it has none. */
  embed?(request: EmbeddingRequest, options: AskOptions): Promise<EmbeddingResponse>;
  /** Speech of a text, or the words of a recording: pieces as the upstream writes them. Resolves after the last. Absent: it has none. */
  makeAudio?(request: AudioRequest, options: AskOptions, sink: Sink<AudioPiece>): Promise<void>;
  /** Goes on with a text, without a chat around it; as `stream`. Absent: it only chats. */
  continueText?(request: TextRequest, options: AskOptions, sink: Sink<EventBatch>): Promise<void>;
  /**
   * Asks a model for a few tokens to find out what its server does with tools, and learns it. Asks nothing where that is known
   * of all its models.
   */
  probe(model: string, options: ProbeOptions): Promise<ProbeReport>;
  /**
   * What is left of what the upstream allows this gateway, as far as is known. Waits for nothing; renews in the background, unless
   * whoever asks does so for no request (`renew: false`).
   */
  budget(options?: { readonly renew: boolean }): Budget | undefined;
  /**
   * What is known of what the upstream allows, after a look at it; but looks are made at most every 30 s, whoever asks and
   * however often, unless one is wanted `again`. Waits some seconds at most. Rejects only when `signal` aborts.
   */
  allowance(signal: AbortSignal, options?: { readonly again: boolean }): Promise<AllowanceState>;
  /**
   * Tokens that may still be spent, at once; before anything is known, what anonymous callers begin with. `undefined`: no
   * limit is known.
   */
  tokensLeft(): number | undefined;
  /** Closes connections. */
  close(): Promise<void>;
}
