/** Every way in which a request can fail, and the HTTP status that says so. */
export const errorStatus = {
  "invalid-request": 400,
  "context-length": 400,
  "content-filtered": 400,
  unsupported: 400,
  unauthenticated: 401,
  /** What an upstream allows for a time is used up; it comes back by itself. */
  "budget-exhausted": 402,
  /** No money is left at an upstream; it comes back when somebody pays. */
  "credit-exhausted": 402,
  forbidden: 403,
  "not-found": 404,
  "model-not-found": 404,
  "method-not-allowed": 405,
  "payload-too-large": 413,
  "image-declined": 422,
  "rate-limited": 429,
  aborted: 499,
  internal: 500,
  /** The upstream refuses the gateway itself: the key that the operator gave, or its address. */
  "upstream-unauthorized": 502,
  "upstream-unavailable": 502,
  "upstream-protocol": 502,
  "upstream-truncated": 502,
  "output-invalid": 502,
  overloaded: 503,
  "upstream-timeout": 504,
} as const satisfies Record<string, number>;

/** A key of the error table. Each dialect maps all of them. */
export type ErrorKind = keyof typeof errorStatus;

/** No message needs more; what is longer holds something that somebody sent. */
const longestMessage = 2000;

/**
 * Text that somebody else chose, such as a name or an id, for a message: the middle of what is longer than `longest`
 * characters is left out.
 */
export function shorten(text: string, longest = 200): string {
  if (text.length <= longest) return text;
  const tail = Math.floor(longest / 4);
  const cut = `${text.slice(0, longest - tail)}…${text.slice(-tail)}`;
  // A pair may have lost its other half.
  return cut.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/**
 * The longest wait, in ms, that a client is asked to sit out (kind `rate-limited`, with `Retry-After`). Agents sleep through
 * such a wait without a word to their user, so what lasts longer is kind `budget-exhausted`, at which they stop and say why.
 */
const longestPauseMs = 60_000;

/** What a limit is that opens again in `waitMs`; nobody knows when: `undefined`. */
export function toLimitKind(waitMs: number | undefined): "rate-limited" | "budget-exhausted" {
  return waitMs !== undefined && waitMs > longestPauseMs ? "budget-exhausted" : "rate-limited";
}

/**
 * Where a request may be asked again after a failure, as long as nothing of an answer was given:
 * - `never`: it would fail anywhere, or nobody waits for it any more,
 * - `same`: once more at the same upstream, where chance decides or the upstream has learned from it; then as `other`,
 * - `other`: at another upstream,
 * - `larger-context`: at a model with a larger window.
 */
export type RetryScope = "never" | "same" | "other" | "larger-context";

/** Details of a `GatewayError`. */
export interface GatewayErrorOptions {
  /** The request field that is wrong, as the client spelled it: `messages[0].content`. */
  readonly param?: string | undefined;
  /** When the caller may try again, in ms from now: what the upstream said, or what it has tried itself in vain. */
  readonly retryAfterMs?: number | undefined;
  /** Of kind `budget-exhausted`: when there is a new budget, ms since the epoch. */
  readonly resetsAt?: number | undefined;
  /** Overrides the table's status, e.g. for an upstream that answered 503. */
  readonly status?: number | undefined;
  /** False: the same request will fail again. Tells SDKs by `x-should-retry`. */
  readonly shouldRetry?: boolean | undefined;
  /** Of kind `context-length`: what the prompt counts, and what it may count at most, in tokens. */
  readonly tokens?: { readonly count: number; readonly maximum: number } | undefined;
  /** What of `message` and `param` the caller wrote, as it stands there: a name, an id, a type. Logs leave it out. */
  readonly sent?: readonly string[] | undefined;
  /** What of `message` the model said (kind `image-declined`: in place of a picture). Logs leave it out. */
  readonly answer?: string | undefined;
  /**
   * Of kind `output-invalid`: the model called a tool by the means of its back end, which is lost on the way here.
   * `name` as the back end gave it; `undefined` when nobody said.
   */
  readonly nativeCall?: { readonly name: string | undefined } | undefined;
  /** Where another try may help, where that is not what the kind says (docs/routing.md). */
  readonly retry?: RetryScope | undefined;
  /** What is not to be asked for a while: this model at its upstream, or all of the upstream. Default: as the kind says. */
  readonly restsAt?: "model" | "upstream" | undefined;
  readonly cause?: unknown;
}

/**
 * Kinds that another try seldom mends: a model that failed after its repair turns does no better at once, and each try
 * spends the caller's budget; one that is spent is so for longer than anybody should wait in silence.
 */
const vain: ReadonlySet<ErrorKind> = new Set([
  "output-invalid",
  "budget-exhausted",
  "credit-exhausted",
  "upstream-unauthorized",
]);

/**
 * The one error that crosses module borders. `message` is for the API user: what happened and what to do.
 * It never holds a stack, a cookie, a key or upstream HTML; those belong into `cause`, which only logs see.
 * Without an `answer` in it, it is never longer than 2,000 characters, and `param` than 200, whatever a client wrote.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly kind: ErrorKind;
  readonly status: number;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly resetsAt: number | undefined;
  readonly shouldRetry: boolean | undefined;
  readonly tokens: { readonly count: number; readonly maximum: number } | undefined;
  readonly sent: readonly string[];
  readonly answer: string | undefined;
  readonly nativeCall: { readonly name: string | undefined } | undefined;
  readonly retry: RetryScope | undefined;
  readonly restsAt: "model" | "upstream" | undefined;

  constructor(kind: ErrorKind, message: string, options: GatewayErrorOptions = {}) {
    super(options.answer === undefined ? shorten(message, longestMessage) : message, {
      cause: options.cause,
    });
    this.kind = kind;
    this.status = options.status ?? errorStatus[kind];
    this.param = options.param === undefined ? undefined : shorten(options.param);
    this.retryAfterMs = options.retryAfterMs;
    this.resetsAt = options.resetsAt;
    this.shouldRetry = options.shouldRetry ?? (vain.has(kind) ? false : undefined);
    this.tokens = options.tokens;
    this.sent = options.sent ?? [];
    this.answer = options.answer;
    this.nativeCall = options.nativeCall;
    this.retry = options.retry;
    this.restsAt = options.restsAt;
  }
}

/** The same failure in other words; the first ones are its cause. `answer` as in the options. */
export function rephrase(error: GatewayError, message: string, answer = error.answer): GatewayError {
  const { kind, param, retryAfterMs, resetsAt, status, shouldRetry, tokens, sent, retry, restsAt } = error;
  const same = { param, retryAfterMs, resetsAt, status, shouldRetry, tokens, sent, retry, restsAt };
  return new GatewayError(kind, message, { ...same, answer, cause: error });
}

/**
 * What agents look for in a text to tell a failure that passes from one that stays. In a stream they have nothing else to go
 * by. Each has "server error" or "connection lost" in it, and those of a limit what is said of limits.
 */
const signsOfPassing: Partial<Record<ErrorKind, string>> = {
  "rate-limited": "This is a rate limit, and passes.",
  "upstream-unavailable": "This is a server error that may pass.",
  "upstream-protocol": "This is a server error that may pass.",
  "upstream-truncated": "This is a connection lost upstream; the next may hold.",
  overloaded: "This is a server error (overloaded) that may pass.",
  "upstream-timeout": "This is a server error (response timeout) that may pass.",
};

/**
 * The text for the client: `message`, and for failures that pass the words by which agents know them. What would fail again
 * (`shouldRetry: false`) never gets those.
 */
export function toClientMessage({ kind, message, shouldRetry }: GatewayError): string {
  const sign = shouldRetry === false ? undefined : signsOfPassing[kind];
  return sign === undefined || message.includes(sign) ? message : `${message} ${sign}`;
}

/**
 * Makes a `GatewayError` of anything thrown. Unknown errors become `internal` without their text. A stack that
 * overflows is the doing of a request: nothing else here has a depth without end.
 */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof RangeError && error.message.startsWith("Maximum call stack")) {
    return new GatewayError("invalid-request", "The request is nested too deeply to be worked on.", {
      shouldRetry: false,
      cause: error,
    });
  }
  if (error instanceof Error && error.name === "AbortError") {
    return new GatewayError("aborted", "The request was cancelled.", { cause: error });
  }
  return new GatewayError("internal", "The gateway failed unexpectedly; its log says more.", {
    cause: error,
  });
}
