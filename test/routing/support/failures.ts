import { GatewayError } from "../../../src/errors.ts";

/** How a row of docs/routing.md is brought about. `now` is ms since the epoch. */
export interface RoutedFault {
  readonly error: (now: number) => GatewayError;
  /** The window of the other leg; the first has 1,000. `undefined`: not known. Default: 1,000. */
  readonly otherWindow?: { readonly tokens: number | undefined };
}

function plain(kind: GatewayError["kind"], options?: ConstructorParameters<typeof GatewayError>[2]) {
  return { error: () => new GatewayError(kind, "It failed so.", options) };
}

const month = 30 * 86_400_000;

/** By the words of the table. */
export const faults: Readonly<Record<string, RoutedFault>> = {
  "a request that is wrong (400)": plain("invalid-request"),
  "a request for what the model can't do": plain("unsupported"),
  "a filter took offence": plain("content-filtered"),
  "a request with too many bytes (413)": plain("payload-too-large"),
  "words in place of a picture": plain("image-declined", { answer: "failed" }),
  "a call that its back end lost": plain("output-invalid", { nativeCall: { name: "f" } }),
  "a fault of the gateway": plain("internal"),
  "the upstream cancelled": plain("aborted"),
  "a prompt too long, and the other's window is larger": {
    ...plain("context-length"),
    otherWindow: { tokens: 1001 },
  },
  "a prompt too long, and the other's window is as large": plain("context-length"),
  "a prompt too long, and the other's window is not known": {
    ...plain("context-length"),
    otherWindow: { tokens: undefined },
  },
  "a key that the upstream refuses (401)": plain("upstream-unauthorized"),
  "no credit (402)": plain("credit-exhausted"),
  "no credit until a time": {
    error: (now) => new GatewayError("budget-exhausted", "It failed so.", { resetsAt: now + 7_200_000 }),
  },
  "an allowance that resets next month": {
    error: (now) => new GatewayError("budget-exhausted", "It failed so.", { resetsAt: now + month }),
  },
  "an allowance too small for this request": plain("budget-exhausted", {
    tokens: { count: 9000, maximum: 20 },
    retryAfterMs: 7_200_000,
  }),
  "a model that is not allowed (403)": plain("forbidden"),
  "an address that is not there (404)": plain("not-found"),
  "a model that is not there (404)": plain("model-not-found"),
  "a method that is not taken (405)": plain("method-not-allowed"),
  "a limit of requests (429)": plain("rate-limited"),
  "a limit of requests (429) with `Retry-After`": plain("rate-limited", { retryAfterMs: 7000 }),
  "a time-out (408, 504, or silence)": plain("upstream-timeout"),
  "a server's error (500)": plain("upstream-unavailable", { status: 500 }),
  "an upstream that can't be reached": plain("upstream-unavailable"),
  "an upstream that wants a browser": plain("upstream-unavailable", { shouldRetry: false }),
  "a proxy's 503 with `Retry-After`": plain("upstream-unavailable", { status: 503, retryAfterMs: 9000 }),
  "a page in place of an answer": plain("upstream-protocol"),
  "an answer without an end": plain("upstream-truncated"),
  "an upstream that is overloaded (503, 529)": plain("overloaded"),
  "what its upstream wants asked once more": plain("upstream-protocol", { retry: "same" }),
  "a model's limit at an upstream that tells them apart": plain("rate-limited", {
    restsAt: "model",
    retryAfterMs: 7000,
  }),
};
