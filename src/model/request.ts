/**
 * The canonical chat request: what every dialect parses to, `shaping/lower` fits to a model, and upstreams encode.
 * It is nobody's wire format; wire spellings stay inside `dialects/` and `upstreams/`. Dialects fill all of it but where a field
 * says otherwise. A field that is absent was not asked for: then the model's or the gateway's own way holds.
 */

/** Plain text. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/**
 * An image, inline (base64, without the `data:` prefix) or to be fetched from an http(s) URL. Completion fetches those of the second
 * kind: upstreams see only the first.
 */
export interface ImagePart {
  readonly type: "image";
  readonly source:
    | { readonly kind: "data"; readonly mediaType: string; readonly base64: string }
    | { readonly kind: "url"; readonly url: string };
}

/** A document whose text is already known. Binary files are refused by the dialects. */
export interface FilePart {
  readonly type: "file";
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

/** Earlier thinking of the assistant, as its client kept it. Lowering leaves it only to models that take it back. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
}

/** A call that the assistant made earlier. `arguments` is the raw JSON text. */
export interface ToolCallPart {
  readonly type: "tool-call";
  /** The client's, or one of the dialect's making where it sent none. */
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a tool answered. */
export interface ToolResultPart {
  readonly type: "tool-result";
  /** Of the call; dialects find it by order where the client names none. */
  readonly callId: string;
  readonly content: readonly (TextPart | ImagePart)[];
  /** False where the dialect can't say so. */
  readonly isError: boolean;
}

/** One turn of the conversation. `developer` messages are parsed as `system`. */
export type Message =
  | { readonly role: "system"; readonly parts: readonly TextPart[] }
  | { readonly role: "user"; readonly parts: readonly (TextPart | ImagePart | FilePart)[] }
  | { readonly role: "assistant"; readonly parts: readonly (TextPart | ReasoningPart | ToolCallPart)[] }
  | { readonly role: "tool"; readonly parts: readonly ToolResultPart[] };

/** A JSON Schema, as the client sent it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function that the model may call. */
export interface ToolDefinition {
  /** As the model is told it; a dialect with namespaces keeps the client's own. */
  readonly name: string;
  /** Absent: the model has but the name and the schema to go by. */
  readonly description?: string;
  /** Schema of the arguments object; `{type:"object"}` when the client gave none. */
  readonly parameters: JsonSchema;
  /** The form of the arguments is told in words, which no schema checks: they are never shortened. Absent: the schema tells it. */
  readonly inWords?: boolean;
}

/** How much a model is told of the tools: every word, or in short; `auto` decides by what is left to spend. */
export type ToolDetail = "full" | "short" | "auto";

/** Which calls the model must or may make. */
export type ToolChoice =
  | { readonly kind: "auto" }
  | { readonly kind: "none" }
  | { readonly kind: "required" }
  | { readonly kind: "function"; readonly name: string };

/** What form the text of the answer must have. */
export type ResponseFormat =
  | { readonly kind: "text" }
  | { readonly kind: "json-object" }
  | {
      readonly kind: "json-schema";
      /** The client's, or one of the dialect's. */
      readonly name: string;
      /** Absent: the schema says all. */
      readonly description?: string;
      readonly schema: JsonSchema;
    };

/** How reasoning reaches the client: in its own field, inside the text as `<think>`, or not at all. */
export type ReasoningMode = "field" | "inline" | "drop";

/** How much a model shall think, from nothing to all it can. */
export const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** One of `efforts`. */
export type Effort = (typeof efforts)[number];

/**
 * How the next token is drawn. What an upstream does not take (`ModelInfo.parameters`) does not reach the model, and the client is told.
 * Absent: the model's own default.
 */
export interface Sampling {
  /** 0.0–2.0 */
  readonly temperature?: number;
  /** 0.0–1.0 */
  readonly topP?: number;
  /** Of so many tokens, the likeliest; 1 and up. */
  readonly topK?: number;
  /** 0.0–1.0: the least likelihood, as a part of that of the likeliest token. */
  readonly minP?: number;
  /** A whole number: the same one gives the same answer, as far as the server manages. */
  readonly seed?: number;
  /** −2.0–2.0: against tokens, the more often they came. */
  readonly frequencyPenalty?: number;
  /** −2.0–2.0: against tokens that came at all. */
  readonly presencePenalty?: number;
  /** Above 0; 1: none. Against tokens of prompt and answer. */
  readonly repetitionPenalty?: number;
}

/** What a request may ask of its model though not every upstream takes it. */
export type Parameter = keyof Sampling | "effort";

/** What every upstream takes. */
export const usualParameters: readonly Parameter[] = ["temperature", "topP"];

/** A chat completion request in the gateway's own terms. */
export interface ChatRequest {
  /** The model id as the client wrote it (completion resolves it); once lowered the upstream's own. */
  readonly model: string;
  /** In order; system messages may stand anywhere, once lowered only at the beginning. Never empty. */
  readonly messages: readonly Message[];
  /** Empty: none. Lowering takes them out where the model knows tools from its prompt alone. */
  readonly tools: readonly ToolDefinition[];
  /** `auto` where the client says nothing; says nothing without tools. */
  readonly toolChoice: ToolChoice;
  /** True unless the client wants one call at a time. */
  readonly parallelToolCalls: boolean;
  /** `text` where the client wants no form, or, once lowered, where the gateway sees to it. */
  readonly responseFormat: ResponseFormat;
  readonly sampling: Sampling;
  /**
   * What a dialect's reference says where the client says nothing: for upstreams that must be told all of it. Others leave it to the
   * model. Absent: the dialect has none.
   */
  readonly usualSampling?: Pick<Sampling, "temperature" | "topP">;
  /** Upper bound of output tokens, reasoning included. Absent: none, or, once lowered, none that the upstream keeps. */
  readonly maxOutputTokens?: number;
  /** Texts that end the answer and are not part of it. Empty: none; once lowered only what the upstream looks for. */
  readonly stopSequences: readonly string[];
  /** How much the model shall think, where it can be told. Absent: its own way. */
  readonly effort?: Effort;
  /** Dialects fill it with the caller's wish for this request. Absent: the configured mode. */
  readonly reasoning?: ReasoningMode;
  /** Filled by the server, from a header of the gateway's own. Absent: as configured. */
  readonly toolDetail?: ToolDetail;
  /** Filled by the server, from the header in which an agent names its session: its requests stay at one upstream. Absent: no agent says so. */
  readonly session?: string;
  /** What the client wants its prompts to be cached by (`prompt_cache_key`): its requests stay at one upstream. Absent: the conversation's beginning decides. */
  readonly cacheKey?: string;
  /** Filled by the server, as `toolDetail`: whether old results of tools are shortened for the model. */
  readonly historyDiet?: boolean;
  /**
   * The text that the request is to go on with, and what follows the gap: filled by APIs that continue texts (Completions). Who
   * only chats gets `messages`, which ask for the same in words. Absent: a conversation.
   */
  readonly continues?: { readonly prompt: string; readonly suffix?: string };
}
