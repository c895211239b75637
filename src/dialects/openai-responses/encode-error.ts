import type { GatewayError } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { CodedError } from "./conversation-errors.ts";
import { encodeOpenAiError, encodeOpenAiErrorObject } from "../encode-openai-error.ts";

/**
 * A spent budget as Codex knows it: 429 of this type ends its turn with "You've hit your usage limit. Try again at …", by
 * `resets_at` (unix seconds). No `Retry-After`: what sleeps as it says would sleep for hours.
 */
function encodeExhausted(error: GatewayError): EncodedError {
  const { resetsAt } = error;
  const type = "usage_limit_reached";
  return {
    status: 429,
    headers: { "x-should-retry": "false" },
    body: {
      code: 429,
      data: { msg: error.message },
      error: {
        ...encodeOpenAiErrorObject(error),
        type,
        code: type,
        ...(resetsAt === undefined ? {} : { resets_at: Math.ceil(resetsAt / 1000) }),
      },
    },
  };
}

function findCode(error: GatewayError): string | undefined {
  if (error instanceof CodedError) return error.code;
  return error.param === "previous_response_id" ? "previous_response_not_found" : undefined;
}

/** The error body of the Responses routes: OpenAI's, with the codes by which clients know a lost chain or a conversation that is in use. */
export function encodeError(error: GatewayError): EncodedError {
  if (error.kind === "budget-exhausted") return encodeExhausted(error);
  const encoded = encodeOpenAiError(error);
  const code = findCode(error);
  if (code === undefined) return encoded;
  const body = {
    code: error.status,
    data: { msg: error.message },
    error: { ...encodeOpenAiErrorObject(error), code },
  };
  return { ...encoded, body };
}
