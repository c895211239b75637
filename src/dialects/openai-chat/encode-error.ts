import type { GatewayError } from "../../errors.ts";
import type { EncodedError } from "../dialect.ts";
import { encodeOpenAiError, encodeOpenAiErrorObject } from "../encode-openai-error.ts";
import { encodeRetryHeaders } from "../encode-retry-headers.ts";

/**
 * An error on `/v1/chat/completions`. An unknown model is what the Go program made of it (row E3 of
 * test/contract.test.ts): status 500 and the exact text `Error Model.` in `data.msg`. `error.message` says more, and
 * `x-should-retry` keeps SDKs from trying a 500 again.
 */
export function encodeError(error: GatewayError): EncodedError {
  if (error.kind !== "model-not-found") return encodeOpenAiError(error);
  return {
    status: 500,
    headers: { ...encodeRetryHeaders(error), "x-should-retry": "false" },
    body: { code: 500, data: { msg: "Error Model." }, error: encodeOpenAiErrorObject(error) },
  };
}
