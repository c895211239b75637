import type { ToolDefinition } from "../../model/request.ts";

/** A call of the history on the wire. */
export interface WireCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A part of a user's turn on the wire. */
export type WirePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** A message on the wire. */
export interface WireMessage {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly content: string | readonly WirePart[] | null;
  readonly tool_calls?: readonly WireCall[];
  readonly tool_call_id?: string;
  readonly reasoning?: string;
  readonly reasoning_content?: string;
  readonly reasoning_details?: readonly unknown[];
}

/** A tool on the wire. */
export interface WireTool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: ToolDefinition["parameters"];
  };
}

/** The body of `POST /chat/completions`. Members that would say nothing are left out. */
export interface WireRequest {
  readonly model: string;
  readonly messages: readonly WireMessage[];
  readonly stream?: true;
  readonly stream_options?: { readonly include_usage: true };
  readonly temperature?: number;
  readonly top_p?: number;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly WireTool[];
  readonly tool_choice?: "none" | "required";
  readonly parallel_tool_calls?: false;
  readonly response_format?: Readonly<Record<string, unknown>>;
  /** What turns thinking on and off has another name at each server. */
  readonly [thinking: string]: unknown;
}
