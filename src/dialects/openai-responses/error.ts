import type { GatewayError } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { encodeOpenAiError, encodeOpenAiErrorObject } from "../openai-error.ts";

/** The error body of the Responses routes: OpenAI's, with the code by which clients know a lost chain. */
export function encodeResponsesError(error: GatewayError): EncodedError {
  const encoded = encodeOpenAiError(error);
  if (error.param !== "previous_response_id") return encoded;
  const body = {
    code: error.status,
    data: { msg: error.message },
    error: { ...encodeOpenAiErrorObject(error), code: "previous_response_not_found" },
  };
  return { ...encoded, body };
}
