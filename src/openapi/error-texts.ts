import type { ErrorKind } from "../errors.ts";

/** What happened, for each kind of error, in the words of the table in docs/api.md, which a test holds to them. Markdown. */
export const errorTexts: Readonly<Record<ErrorKind, string>> = {
  "invalid-request": "A field is wrong; `param` names it.",
  "context-length": "The prompt does not fit the model.",
  "content-filtered": "Refused by a content filter.",
  unsupported: "Known, but impossible here.",
  unauthenticated: "The token or key is missing or wrong, was revoked or has expired.",
  "budget-exhausted":
    "The usage budget, or a [key's](keys.md), is spent for more than a minute (429 on the Responses and Messages routes).",
  "credit-exhausted": "An upstream has no money left, and no other could answer.",
  forbidden: "Akash Chat does not allow it, or the [key](keys.md) may not.",
  "not-found": "No such path, response or picture.",
  "model-not-found": "No such model (500 on `/v1/chat/completions`).",
  "method-not-allowed": "The path takes another method.",
  "payload-too-large": "The body is too large.",
  "image-declined": "Words came instead of a picture (images API), or nothing at all.",
  "rate-limited": "A limit that soon opens again, or the model's back end is busy; see `Retry-After`.",
  aborted: "The client left.",
  internal: "A bug of the gateway; the log says more.",
  "upstream-unauthorized": "An upstream refuses the key that the operator gave.",
  "upstream-unavailable": "Akash Chat can't be reached, refuses, or failed.",
  "upstream-protocol": "It answered something that can't be understood.",
  "upstream-truncated": "Its answer broke off.",
  "output-invalid": "The model did not give the tool call or JSON that was demanded.",
  overloaded:
    "Too much at once, a model that is listed but refused for now, stored responses that can't be read, or shutting down (529 on the Messages routes).",
  "upstream-timeout": "Silent for too long.",
};
