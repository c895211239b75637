/** Every way in which a request can fail, and the HTTP status that says so. */
export const errorStatus = {
  "invalid-request": 400,
  "context-length": 400,
  "content-filtered": 400,
  unsupported: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  "model-not-found": 404,
  "method-not-allowed": 405,
  "payload-too-large": 413,
  "image-declined": 422,
  "rate-limited": 429,
  aborted: 499,
  internal: 500,
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

/** Details of a `GatewayError`. */
export interface GatewayErrorOptions {
  /** The request field that is wrong, as the client spelled it: `messages[0].content`. */
  readonly param?: string | undefined;
  /** When the caller may try again, in ms from now: what the upstream said, or what it has tried itself in vain. */
  readonly retryAfterMs?: number | undefined;
  /** Overrides the table's status, e.g. for an upstream that answered 503. */
  readonly status?: number | undefined;
  /** False: the same request will fail again. Tells SDKs by `x-should-retry`. */
  readonly shouldRetry?: boolean | undefined;
  /** Of kind `context-length`: what the prompt counts, and what it may count at most, in tokens. */
  readonly tokens?: { readonly count: number; readonly maximum: number } | undefined;
  /** What of `message` the model said (kind `image-declined`: in place of a picture). Logs leave it out. */
  readonly answer?: string | undefined;
  /**
   * Of kind `output-invalid`: the model called a tool by the means of its back end, which is lost on the way here.
   * `name` as the back end gave it; `undefined` when nobody said.
   */
  readonly nativeCall?: { readonly name: string | undefined } | undefined;
  readonly cause?: unknown;
}

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
  readonly shouldRetry: boolean | undefined;
  readonly tokens: { readonly count: number; readonly maximum: number } | undefined;
  readonly answer: string | undefined;
  readonly nativeCall: { readonly name: string | undefined } | undefined;

  constructor(kind: ErrorKind, message: string, options: GatewayErrorOptions = {}) {
    super(options.answer === undefined ? shorten(message, longestMessage) : message, {
      cause: options.cause,
    });
    this.kind = kind;
    this.status = options.status ?? errorStatus[kind];
    this.param = options.param === undefined ? undefined : shorten(options.param);
    this.retryAfterMs = options.retryAfterMs;
    // A model that failed after its repair turns seldom does better at once, and each try spends the caller's budget.
    this.shouldRetry = options.shouldRetry ?? (kind === "output-invalid" ? false : undefined);
    this.tokens = options.tokens;
    this.answer = options.answer;
    this.nativeCall = options.nativeCall;
  }
}

/** The same failure in other words; the first ones are its cause. `answer` as in the options. */
export function rephrase(error: GatewayError, message: string, answer = error.answer): GatewayError {
  const { kind, param, retryAfterMs, status, shouldRetry, tokens } = error;
  const options = { param, retryAfterMs, status, shouldRetry, tokens, answer, cause: error };
  return new GatewayError(kind, message, options);
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
