import type { CallContext } from "../completion/chat-service.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import type {
  ParsedResponses,
  ResponseObject,
  ResponsesInput,
  WireEvent,
  WireItem,
} from "../dialects/openai-responses/index.ts";
import type { GatewayError } from "../errors.ts";
import type { CallWatch } from "../model/call-watch.ts";
import type { EventBatch } from "../model/events.ts";
import type { ChatRequest } from "../model/request.ts";
import type { Source } from "../stream/source.ts";
import type { ConversationService } from "./conversation-service.ts";
import type { StoredResponse, StoreProblem } from "../store/response-store.ts";

/** What is known of the caller: also what they ask of the gateway itself, for this request. */
export interface ResponseContext extends Omit<CallContext, "whole"> {
  readonly wishes: Pick<ChatRequest, "toolDetail" | "historyDiet">;
}

/** A response that grows while its events come. */
export interface CreatedResponse {
  /** To be taken to their end; the upstream is asked when that begins. */
  readonly events: Source<EventBatch>;
  /** Stores the response, unless the client wished otherwise. Resolves with it, and with why it could not be stored. */
  finish(): Promise<{ readonly response: ResponseObject; readonly problem: StoreProblem | undefined }>;
}

/** A response that is sent while it grows. */
export interface StreamedResponse {
  readonly events: Source<EventBatch>;
  /** Begins to store the response just before it gives its last frame: a client may refer to it at once. */
  readonly encoder: StreamEncoder;
  /** Why the store could not be used lately: it is to be told before there is something to store. */
  readonly problem: StoreProblem | undefined;
  /** Resolves when the response is stored, or could not be. */
  stored(): Promise<void>;
  /** The last frame has to wait for that: other processes may be asked for the response. */
  readonly isShared: boolean;
}

/** Learns how a background response goes: its request was answered before there was anything to tell. */
export interface RunLog {
  readonly watch: CallWatch;
  /** Passes the answer's events on, and notes what they tell. */
  readonly note: (events: Source<EventBatch>) => Source<EventBatch>;
  /** Told when no run was begun: it was not admitted, or too many are under way. */
  readonly onRefused: () => void;
  /** Told once how the run has ended; `error` is why it failed. */
  readonly onEnd: (response: ResponseObject, error: GatewayError | undefined) => void;
}

/** A response that is made without a client that waits for it. */
export interface BackgroundRun {
  /** The response as it is now. */
  readonly response: ResponseObject;
  /** The response as it was before its answer began. */
  readonly announced: ResponseObject;
  /** Why it could not be stored so far: the run is found in memory all the same. */
  readonly problem: StoreProblem | undefined;
  /** All events so far; `sequence_number` is the index. */
  readonly events: readonly WireEvent[];
  readonly ended: boolean;
  /** Resolves when there are more events than `count`, the run has ended, or `signal` is aborted. */
  changed(count: number, signal: AbortSignal): Promise<void>;
  /** Adds an event that says that the run goes on, for those who follow it in silence. */
  beat(): void;
}

/** A request that was understood, with all that it refers to; one of its methods answers it, once. */
export interface PreparedResponse {
  readonly parsed: ParsedResponses;
  /** The bare answer, for who shows it in another form: nothing of it is stored. */
  answer(): Source<EventBatch>;
  /** Answers a client that sees the response only when it is whole. */
  create(): CreatedResponse;
  /** Answers a client that sees the response grow. */
  stream(): StreamedResponse;
  /** Answers nobody. Resolves when the response is stored as queued, or could not be. Rejects with kind `overloaded` when too many run. */
  startInBackground(log: RunLog): Promise<BackgroundRun>;
}

/** A conversation on its way to a shorter one. */
export interface Compaction {
  /** Parameters without effect, as the client spelled them. */
  readonly ignored: readonly string[];
  /** To be taken to their end. */
  readonly events: Source<EventBatch>;
  /** Once they are taken: the messages that stay, then one item that stands for all else. Together they are the next input. */
  result(): Pick<ResponseObject, "id" | "created_at" | "usage"> & { readonly output: readonly unknown[] };
}

/** Which of a response's input items are wished for. */
export interface ItemPageQuery {
  readonly limit: number;
  readonly order: "asc" | "desc";
  /** The page begins right behind the item of this id. */
  readonly after?: string | undefined;
  /** The page ends right before it. */
  readonly before?: string | undefined;
}

/** Some of a response's input items. */
export interface ItemPage {
  readonly items: readonly WireItem[];
  readonly hasMore: boolean;
}

/**
 * Answers requests of the Responses API, and keeps what was answered: stored responses, and those that are made in the
 * background. It knows no HTTP. All methods reject with `GatewayError`: kind `not-found` for an id that nothing is
 * stored under, kind `overloaded` when the store can't be asked.
 */
export interface ResponseService {
  /** The same for one owner, a key's id: it finds and makes what is its own. `undefined`: for who sees all. */
  within(owner: string | undefined): ResponseService;
  /** The conversations of the same owner. */
  readonly conversations: ConversationService;
  /** Understands a request and loads what it refers to; the upstream is asked for models at most. */
  prepare(input: ResponsesInput, context: ResponseContext): Promise<PreparedResponse>;
  /** Understands a request whose conversation is to be compacted. Nothing is stored. */
  compact(input: ResponsesInput, context: ResponseContext): Promise<Compaction>;
  /** Counts what would be sent for a request. */
  countInputTokens(
    input: ResponsesInput,
    context: Pick<ResponseContext, "signal" | "wishes">,
  ): Promise<{ readonly ignored: readonly string[]; readonly inputTokens: number }>;
  /** The response as it is now. One that ran when a former process ended is failed. */
  retrieve(id: string): Promise<StoredResponse["response"]>;
  /** The run of a background response, for a while after its end, too. Rejects with kind `invalid-request` for any other. */
  follow(id: string): Promise<BackgroundRun>;
  /** Ends a background response and resolves with it as it then is. Rejects with kind `invalid-request` for any other. */
  cancel(id: string): Promise<StoredResponse["response"]>;
  /** Ends a response that still runs, and forgets it. */
  delete(id: string): Promise<void>;
  listInputItems(id: string, query: ItemPageQuery): Promise<ItemPage>;
  /** Ends all background responses as failed, and resolves when that is stored. Idempotent. */
  close(): Promise<void>;
}
