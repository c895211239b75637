/**
 * The canonical chat request: what every dialect parses to and what shaping reads.
 * It is nobody's wire format; wire spellings stay inside `dialects/`.
 */

/** Plain text. */
export interface TextPart {
  readonly type: "text";
  readonly text: string;
}

/** An image, inline (base64, without the `data:` prefix) or to be fetched from an http(s) URL. */
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

/** Earlier thinking of the assistant. Never sent to a text-only upstream. */
export interface ReasoningPart {
  readonly type: "reasoning";
  readonly text: string;
}

/** A call that the assistant made earlier. `arguments` is the raw JSON text. */
export interface ToolCallPart {
  readonly type: "tool-call";
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a tool answered. */
export interface ToolResultPart {
  readonly type: "tool-result";
  readonly callId: string;
  readonly content: readonly (TextPart | ImagePart)[];
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
  readonly name: string;
  readonly description?: string;
  /** Schema of the arguments object; `{type:"object"}` when the client gave none. */
  readonly parameters: JsonSchema;
  /** The form of the arguments is told in words, which no schema checks: they are never shortened. */
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
      readonly name: string;
      readonly description?: string;
      readonly schema: JsonSchema;
    };

/** How reasoning reaches the client: in its own field, inside the text as `<think>`, or not at all. */
export type ReasoningMode = "field" | "inline" | "drop";

/** How much a model shall think, from nothing to all it can. */
export const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

/** One of `efforts`. */
export type Effort = (typeof efforts)[number];

/** How the next token is drawn, as far as the upstream can honour it. `undefined`: the model's own default. */
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

/** A chat completion request in the gateway's own terms. */
export interface ChatRequest {
  /** The model id as the client wrote it; aliases are resolved by the completion service. */
  readonly model: string;
  /** In order; system messages may stand anywhere. Never empty. */
  readonly messages: readonly Message[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly responseFormat: ResponseFormat;
  readonly sampling: Sampling;
  /** Upper bound of output tokens, reasoning included. */
  readonly maxOutputTokens?: number;
  /** Texts that end the answer and are not part of it. */
  readonly stopSequences: readonly string[];
  /** How much the model shall think, where it can be told; left out: its own way. */
  readonly effort?: Effort;
  /** The caller's wish for this request; otherwise the configured mode. */
  readonly reasoning?: ReasoningMode;
  /** Likewise. */
  readonly toolDetail?: ToolDetail;
  /** The session of an agent, as it names it in a header: its requests stay at one upstream. */
  readonly session?: string;
  /** What the client wants its prompts to be cached by (`prompt_cache_key`): its requests stay at one upstream. */
  readonly cacheKey?: string;
  /** Likewise: whether old results of tools are shortened for the model. */
  readonly historyDiet?: boolean;
  /**
   * The text that the request is to go on with, and what follows the gap: filled by APIs that continue texts (Completions). Who
   * only chats gets `messages`, which ask for the same in words. Absent: a conversation.
   */
  readonly continues?: { readonly prompt: string; readonly suffix?: string };
}
