/** The objects that this dialect writes; facts from OpenAI's reference and the Open Responses specification. */

/** One part of an assistant's message. */
export interface OutputText {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly never[];
  readonly logprobs: readonly never[];
}

/** How far an item is. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

/** An item of `response.output`. */
export type OutputItem =
  | {
      readonly type: "message";
      readonly id: string;
      readonly status: ItemStatus;
      readonly role: "assistant";
      readonly content: readonly OutputText[];
    }
  | {
      readonly type: "reasoning";
      readonly id: string;
      readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
    }
  | {
      readonly type: "function_call";
      readonly id: string;
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly arguments: string;
    }
  | {
      readonly type: "custom_tool_call";
      readonly id: string;
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly input: string;
    }
  | {
      readonly type: "local_shell_call";
      readonly id: string;
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly action: Readonly<Record<string, unknown>>;
    }
  | {
      readonly type: "shell_call";
      readonly id: string;
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly action: {
        readonly commands: readonly string[];
        readonly timeout_ms: number | null;
        readonly max_output_length: number | null;
      };
      readonly environment: { readonly type: "local" };
    }
  | {
      readonly type: "apply_patch_call";
      readonly id: string;
      readonly status: Exclude<ItemStatus, "incomplete">;
      readonly call_id: string;
      readonly operation: { readonly type: string; readonly path: string; readonly diff?: string };
    }
  | { readonly type: "compaction"; readonly id: string; readonly encrypted_content: string };

/** `response.status`. */
export type ResponseStatus = "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";

/** Token counts as this API spells them. */
export interface WireUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** The fields of a response that repeat what was asked; the same in all its states. */
export interface ResponseEcho {
  readonly instructions: string | null;
  readonly previous_response_id: string | null;
  /** The one that the input and the output are added to. */
  readonly conversation?: { readonly id: string };
  readonly tools: readonly Readonly<Record<string, unknown>>[];
  readonly tool_choice: unknown;
  readonly parallel_tool_calls: boolean;
  readonly text: Readonly<Record<string, unknown>>;
  readonly reasoning: Readonly<Record<string, unknown>>;
  readonly temperature: number;
  readonly top_p: number;
  readonly presence_penalty: 0;
  readonly frequency_penalty: 0;
  readonly top_logprobs: number;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: number | null;
  readonly truncation: "auto" | "disabled";
  readonly store: boolean;
  readonly background: boolean;
  readonly service_tier: "default";
  readonly metadata: Readonly<Record<string, string>>;
  readonly safety_identifier: string | null;
  readonly prompt_cache_key: string | null;
  readonly user: string | null;
}

/** The response object. Times are Unix seconds. */
export interface ResponseObject extends ResponseEcho {
  readonly id: string;
  readonly object: "response";
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: ResponseStatus;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: "max_output_tokens" | "content_filter" } | null;
  readonly model: string;
  readonly output: readonly OutputItem[];
  readonly usage: WireUsage | null;
}

/** One event of the stream. */
export interface WireEvent {
  readonly type: string;
  /** Counts up from 0 without gaps. */
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}
