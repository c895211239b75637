import type { AppliedEdit, ContextEdit } from "../model/context-edit.ts";
import type { EventBatch } from "../model/events.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { ListedModel, RoutedModel } from "../model/leg.ts";
import type { ResolvedAlias } from "../model/model-alias.ts";
import type { ModelInfo } from "../model/model-info.ts";
import type { ChatRequest } from "../model/request.ts";
import type { Sink } from "../stream/source.ts";

/** What a route knows of the caller. */
export interface CallContext {
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  /** Where the client reaches the gateway, no trailing slash: the base of image links. */
  readonly baseUrl: string;
  /**
   * True when the client sees the answer only at its end (no streaming): text may then be held back until it
   * was checked, and asked for again if it is wrong. Default: false.
   */
  readonly whole?: boolean;
  /** Learns how the work goes, and may refuse it. */
  readonly watch?: CallWatch | undefined;
  /** `admit` has let this request pass already. Default: no. */
  readonly admitted?: boolean;
}

/** A request after the edits that its client wished for. */
export interface EditedContext {
  readonly request: ChatRequest;
  /** Those that changed something, in the order of the wishes. */
  readonly applied: readonly AppliedEdit[];
}

/** What routes need of the gateway to answer a chat request. All methods throw `GatewayError`. */
export interface ChatService {
  /**
   * Answers a request: resolves the model, shapes prompt and answer, streams canonical events into the sink. Resolves after
   * `finish`, or rejects; an unknown model, unsupported input and too long prompts before anything is given. A model of kind
   * `image` answers with one text block that has `image`.
   */
  complete(request: ChatRequest, context: CallContext, sink: Sink<EventBatch>): Promise<void>;
  /**
   * Asks `watch` whether the caller may have the answer of a request (`CallWatch.admit`), as `complete` does before it: for answers that begin
   * when nobody waits any more. Rejects as that does, and for an unknown model.
   */
  admit(request: ChatRequest, context: Pick<CallContext, "signal" | "watch">): Promise<void>;
  /** Tokens of all that would be sent for this request, tool prompt and files included. Never 0. */
  countTokens(request: ChatRequest, signal: AbortSignal): Promise<number>;
  /**
   * Whether all that would be sent has at most `room` tokens as the upstream counts them against a model's context, which for
   * some models and languages are up to twice as many as the model's own.
   */
  fits(request: ChatRequest, room: number, signal: AbortSignal): Promise<boolean>;
  /**
   * Applies what a client wishes left out of its conversation. Counts tokens, and so resolves the model, only where an
   * edit would change something.
   */
  editContext(
    request: ChatRequest,
    edits: readonly ContextEdit[],
    signal: AbortSignal,
  ): Promise<EditedContext>;
  /** Models offered now, and behind them the names of their aliases (`LIST_ALIASES`), which have `aliasOf`. */
  listModels(signal: AbortSignal): Promise<readonly ListedModel[]>;
  /** The operator's other names, patterns too, in the order in which they are looked up; none where they are not shown (`LIST_ALIASES`). */
  listAliases(signal: AbortSignal): Promise<readonly ResolvedAlias[]>;
  /** The model behind a client's id (`resolveModel`) as the list has it. Throws why there is no list, too. */
  showModel(id: string, signal: AbortSignal): Promise<ListedModel>;
  /** The model behind a client's id: aliases, wildcards, any case. Throws kind `model-not-found` with a hint. */
  resolveModel(id: string, signal: AbortSignal): Promise<RoutedModel>;
  /** Whether a model takes images, at one of its upstreams at least. */
  canSee(model: ModelInfo): boolean;
}
