import type { FinishReason, Usage } from "../../model/events.ts";
import { encodeUsage } from "./encode-usage.ts";
import type { OutputItem, ResponseEcho, ResponseObject } from "./wire.ts";

/** What is known of a response from its beginning. */
export interface ResponseIdentity {
  readonly id: string;
  /** Unix time in s. */
  readonly createdAt: number;
  readonly echo: ResponseEcho;
}

/** How a response ended, and what is known of it only then. */
export type ResponseEnd =
  /** `completedAt` is Unix time in s. */
  | { readonly status: "completed"; readonly usage: Usage; readonly completedAt: number }
  | {
      readonly status: "incomplete";
      readonly usage: Usage;
      readonly reason: "max_output_tokens" | "content_filter";
    }
  | { readonly status: "failed"; readonly error: NonNullable<ResponseObject["error"]> }
  | { readonly status: "cancelled" };

/** How far a response is. */
export type ResponseProgress = { readonly status: "queued" | "in_progress" } | ResponseEnd;

/** The end of an answer that the model or a limit has ended; `now` is in ms since the epoch. */
export function toResponseEnd(finish: FinishReason, usage: Usage, now: number): ResponseEnd {
  if (finish.kind === "length") return { status: "incomplete", usage, reason: "max_output_tokens" };
  if (finish.kind === "content-filter") return { status: "incomplete", usage, reason: "content_filter" };
  return { status: "completed", usage, completedAt: Math.floor(now / 1000) };
}

/** The response object as it is at this point. */
export function encodeResponse(
  { id, createdAt, echo }: ResponseIdentity,
  model: string,
  output: readonly OutputItem[],
  progress: ResponseProgress,
): ResponseObject {
  return {
    id,
    object: "response",
    created_at: createdAt,
    completed_at: progress.status === "completed" ? progress.completedAt : null,
    status: progress.status,
    error: progress.status === "failed" ? progress.error : null,
    incomplete_details: progress.status === "incomplete" ? { reason: progress.reason } : null,
    model,
    output,
    usage: "usage" in progress ? encodeUsage(progress.usage) : null,
    ...echo,
  };
}
