import type { SimulatedCall } from "../choose-calls.ts";
import type { ChatRequest } from "./read-chat.ts";
import type { CompatibleModel, PersonaName, ToolSupport } from "./types.ts";

/** JSON as it is read or written. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Something that a server refuses, before it has the server's shape. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  /** More keys of the error. */
  readonly more?: JsonObject;
}

/** Tokens of a request against the model's context. */
export interface Sizes {
  readonly window: number;
  readonly input: number;
  /** What the request allows for the answer; 0 when it says nothing. */
  readonly output: number;
}

/** A server's words for what goes wrong. `undefined`: it is no error there. */
export interface Wording {
  badJson(): Problem;
  key(): Problem;
  unknownPath(method: string, path: string): Problem;
  unknownModel(model: string): Problem;
  /** `cut`: older messages are left out, and nobody is told. */
  tooLong(sizes: Sizes): Problem | "cut" | undefined;
  noTools(model: string, choice: ChatRequest["toolChoice"]): Problem;
  noImages(model: string): Problem | undefined;
  noEmbeddings(model: string): Problem;
  /** What else it refuses of a chat. */
  refusal(chat: ChatRequest, model: CompatibleModel): Problem | undefined;
}

/** What is done with a request's wishes. */
export interface RequestHabits {
  /** The fields that limit the answer, the first that is there counts. */
  readonly limits: readonly string[];
  /** `ignored`: required and named choices are wishes that nobody hears. */
  readonly toolChoice: "kept" | "ignored";
  readonly parallelToolCalls: "kept" | "ignored";
  /** More than one answer. */
  readonly n: "kept" | "ignored";
  readonly developer: "kept" | "dropped";
  readonly formats: readonly ("json_object" | "json_schema")[];
  /** Where thinking goes: into its field, into the content, nowhere although it is done, or it is turned off. */
  thinking(body: JsonObject): "field" | "content" | "hidden" | "off";
}

/** One piece of a call in a delta of a stream. */
export interface CallPiece {
  readonly call: SimulatedCall;
  /** Which call of the answer. */
  readonly index: number;
  readonly id: string;
  /** Which piece of this call. */
  readonly piece: number;
  /** What comes of the arguments. */
  readonly text: string;
}

/** How answers are written. */
export interface ReplyHabits {
  /** The id of answer number `count`, from 1. */
  answerId(count: number): string;
  /** The id of call number `index` of that answer; so many calls were `before` in the conversation. */
  callId(call: SimulatedCall, index: number, count: number, before: number): string;
  /** The members that carry thinking. */
  reasoning(text: string): JsonObject;
  /** What a call's arguments are cut into; they come behind a first piece with the name alone where `nameFirst`. */
  readonly pieces: "small" | "whole";
  readonly nameFirst: boolean;
  piece(piece: CallPiece): JsonObject;
  /** A call of a whole answer. */
  call(call: SimulatedCall, id: string, index: number): JsonObject;
  /** The message of a whole answer. */
  message(fields: JsonObject): JsonObject;
  /** A delta of a stream; `first`: no chunk came before it. */
  delta(fields: JsonObject, first: boolean): JsonObject;
  /** The delta of a chunk before all others. */
  readonly opening: JsonObject | undefined;
  /** The delta beside the finish. */
  readonly closing: JsonObject;
  /** More members of each choice. */
  readonly choice: JsonObject;
  /** Members around the choices, in the server's order. */
  chunk(chunk: JsonObject): JsonObject;
  /** The finish of an answer with calls. */
  finishOfCalls(choice: ChatRequest["toolChoice"]): string;
  /** Usage in a stream: in a last chunk where it was asked for, or always. */
  readonly usage: "asked" | "always";
  /** The counts with what the server adds to them. */
  counts(usage: WireUsage): JsonObject;
  /** More members beside the usage, in streams and whole answers. */
  beside(usage: WireUsage): JsonObject;
  /** A comment while nothing else can be said, as it stands in the stream. */
  readonly comment: string | undefined;
  /** It comes before each answer, not only before one that waits. */
  readonly commentsFirst: boolean;
  /** The events of an error in mid-stream; `chunk` makes one of the answer's own. */
  breakOff(problem: Problem, chunk: (delta: JsonObject, finish: string | null) => JsonObject): JsonObject[];
  readonly doneAfterError: boolean;
}

/** Token counts on the wire. */
export interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

/** What a discovery route can tell about. */
export interface Seen {
  readonly models: readonly CompatibleModel[];
  readonly toolsOf: (model: CompatibleModel) => ToolSupport;
  /** Unix time in s. */
  readonly created: number;
}

/** What a discovery route says; a text is plain text. */
export interface Told {
  readonly status?: number;
  readonly body: unknown;
}

/** Everything in which one server differs from the others. */
export interface Persona {
  readonly name: PersonaName;
  /** Where OpenAI's routes are. */
  readonly base: string;
  /** On all replies of its own. */
  readonly headers: Readonly<Record<string, string>>;
  /** On answers: number `count`, from 1. */
  answerHeaders(count: number): Readonly<Record<string, string>>;
  /** The models that it has by default. */
  readonly models: readonly CompatibleModel[];
  /** OpenAI's routes that it has besides models and chat. */
  readonly routes: readonly ("completions" | "embeddings" | "images" | "audio")[];
  /** Whether a path wants the key, if there is one. */
  guards(path: string): boolean;
  /** It takes the key in `x-api-key` as well. */
  readonly apiKeyHeader: boolean;
  /** Whether a model is meant by what a request asks for. */
  isMeant(model: CompatibleModel, asked: string): boolean;
  listModels(seen: Seen): unknown;
  /** Its other routes, by method and path. */
  readonly discovery: Readonly<Record<string, (seen: Seen, body: JsonObject) => Told>>;
  /** While a model is loaded: an error, a closed connection, or a request that waits. */
  readonly loading: Problem | "refuse" | "wait";
  /** The shape of an error; a text is sent as plain text. */
  error(problem: Problem): JsonObject | string;
  readonly wording: Wording;
  readonly request: RequestHabits;
  readonly reply: ReplyHabits;
}
