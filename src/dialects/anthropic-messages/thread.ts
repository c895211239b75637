import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { parseBody, toFieldError } from "./parse-body.ts";
import { requestSchema } from "./request-schema.ts";

/**
 * Threads of the Messages API: the server holds the conversation under the id of its last answer, so that a turn sends
 * only what is new. Source: `BetaMessageThreadParam` and `ThreadState` of `@anthropic-ai/sdk` 1.14 (beta
 * `message-threads-2026-08-12`).
 */

/** What a body asks of a thread; `undefined`: nothing. */
export type ThreadWish =
  | { readonly type: "create" }
  | { readonly type: "continue"; readonly previousId: string };

/** A conversation that is held. */
export interface ThreadHistory {
  /** `system` and `tools` as the thread was created with them. */
  readonly fixed: Readonly<Record<string, unknown>>;
  /** All messages so far in wire form, the last answer included. */
  readonly messages: readonly unknown[];
}

/** A thread that is not held (any more). The SDK then sends the whole conversation and begins a new one. */
export class ThreadNotFoundError extends GatewayError {
  constructor(previousId: string) {
    const id = shorten(previousId);
    super(
      "not-found",
      `thread.previous_message_id: No thread is held under '${id}'. Send the whole conversation with {"type":"create"}.`,
      { param: "thread.previous_message_id", shouldRetry: false, sent: [id] },
    );
  }
}

const threadSchema = requestSchema.pick({ thread: true });

/** Fields that belong to the thread: what it was created with stays. */
const fixedFields = ["system", "tools"] as const;

/** What the body asks of a thread. Throws `invalid-request` for a `thread` that is neither. */
export function parseThread(raw: unknown): ThreadWish | undefined {
  const { thread } = parseBody(threadSchema, raw);
  if (!thread) return undefined;
  return thread.type === "create" ? thread : { type: "continue", previousId: thread.previous_message_id };
}

/** The fields of a body that its thread keeps. */
export function toFixed(raw: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(raw).filter(([name]) => fixedFields.some((field) => field === name)),
  );
}

/** The messages of a body that was understood, in wire form. */
export function toWireMessages(raw: object): readonly Readonly<Record<string, unknown>>[] {
  const messages: unknown = Reflect.get(raw, "messages");
  // Checked by the schema of the body before.
  return Array.isArray(messages) ? (messages as readonly Record<string, unknown>[]) : [];
}

/** The body with all that its thread holds before what it sends. Throws `invalid-request` for what it may not send again. */
export function continueThread(raw: object, history: ThreadHistory): Record<string, unknown> {
  for (const field of fixedFields) {
    if ((Reflect.get(raw, field) ?? undefined) !== undefined) {
      throw toFieldError(
        [field],
        "The thread keeps what it was created with. Leave the field out, or create a new thread.",
      );
    }
  }
  const messages: unknown = Reflect.get(raw, "messages") ?? [];
  return {
    ...raw,
    ...history.fixed,
    // What is no list is refused by its own name.
    messages: Array.isArray(messages) ? [...history.messages, ...(messages as unknown[])] : messages,
  };
}

/** Adds what the SDK needs to know of a thread's failure. */
export function withThreadDetails(encoded: EncodedError, error: GatewayError): EncodedError {
  if (!(error instanceof ThreadNotFoundError)) return encoded;
  const body = z
    .object({ error: z.looseObject({}) })
    .loose()
    .parse(encoded.body);
  return {
    ...encoded,
    body: { ...body, error: { ...body.error, details: { error_code: "thread_not_found" } } },
  };
}
