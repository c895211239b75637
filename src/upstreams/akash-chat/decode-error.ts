import { z } from "zod";

import { GatewayError, toLimitKind } from "../../errors.ts";
import { imageModelId } from "./decode-models.ts";
import { decodeErrorText } from "./decode-error-text.ts";
import type { Reply } from "../http/exchange.ts";
import { createExhaustedError, soundsTooLong } from "./exhausted-error.ts";
import { redact } from "../http/redact.ts";

/** A reply that is not what was asked for. */
export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  /** `X-TokenLimit-Reset`: unix seconds. */
  readonly limitReset: string | undefined;
  readonly retryAfter: string | undefined;
  /** Set by the CDN when it wants to see a browser. */
  readonly challenged: boolean;
}

const refusalLimitBytes = 1_048_576;

/** Reads a refusing reply whole. */
export async function readRefusal(reply: Reply): Promise<Refusal> {
  return {
    status: reply.status,
    contentType: reply.header("content-type") ?? "",
    text: await reply.text(refusalLimitBytes),
    limitReset: reply.header("x-tokenlimit-reset"),
    retryAfter: reply.header("retry-after"),
    challenged: reply.header("cf-mitigated") !== undefined,
  };
}

const bodySchema = z.object({
  success: z.boolean().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  resetTime: z.string().optional().catch(undefined),
  available_models: z
    .array(z.object({ id: z.unknown() }).catch({ id: undefined }))
    .optional()
    .catch(undefined),
});

type RefusalBody = z.output<typeof bodySchema>;

function parseBody(text: string): RefusalBody {
  try {
    return bodySchema.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

/** The 403 that a new session mends. */
export function isSessionRefusal(refusal: Refusal): boolean {
  return refusal.status === 403 && parseBody(refusal.text).success === false;
}

/** Says what a reply of another status than 200 means. `now` is ms since the epoch. */
export function decodeError(refusal: Refusal, context: { readonly now: number }): GatewayError {
  const { status } = refusal;
  const body = parseBody(refusal.text);
  const cause = new Error(`status ${status}: ${describeBody(refusal, body)}`);

  if (status === 429) return toLimitError(refusal, body, context.now, cause);
  if (status === 413) {
    return new GatewayError("payload-too-large", "The request is too large for Akash Chat.", { cause });
  }
  if (isHtml(refusal)) return toPageError(refusal, context.now, cause);
  if (status === 403) return toForbiddenError(body, cause);
  if (status === 400) return decodeErrorText(body.message ?? body.error ?? refusal.text, { refused: true });
  if (status === 500 && refusal.text === "") {
    return new GatewayError(
      "invalid-request",
      "Akash Chat could not read the request and gave no reason. Its form or its text is not accepted; the same request will fail again.",
      { shouldRetry: false, cause },
    );
  }
  if (status === 404 || status === 405) {
    return new GatewayError(
      "upstream-unavailable",
      `Akash Chat does not know the address that it was asked at (status ${status}). Check AKASH_BASE_URL.`,
      { shouldRetry: false, cause },
    );
  }
  const words = [body.error, body.message].filter((text) => text !== undefined).join(": ");
  const reason = words === "" ? `it answered with status ${status}.` : redact(words);
  // What is refused or sent elsewhere is so again; of those statuses 408 alone speaks of the moment.
  const passes = status < 300 || status >= 500 || status === 408;
  return new GatewayError("upstream-unavailable", `Akash Chat failed: ${reason}`, {
    cause,
    ...(passes ? {} : { shouldRetry: false }),
  });
}

/** A proxy's words are short. */
const longestWords = 300;

/** A body for the log: the words of its error. Anything else may quote a prompt, and is only measured. */
function describeBody(refusal: Refusal, body: RefusalBody): string {
  const { text } = refusal;
  const words = [body.error, body.message].filter((one) => one !== undefined).join(": ");
  if (words !== "") return redact(words);
  if (text.length <= longestWords && !/^\s*[[{]/.test(text)) return redact(text);
  return `${text.length} characters of ${JSON.stringify(refusal.contentType.slice(0, 80))}`;
}

function isHtml(refusal: Refusal): boolean {
  return /^text\/html\b/i.test(refusal.contentType) || /^\s*</.test(refusal.text.slice(0, 100));
}

function toLimitError(refusal: Refusal, body: RefusalBody, now: number, cause: Error): GatewayError {
  const retryAfterMs = toWait(refusal, body, now);
  // Whoever says so: to the client it is all one whether the application or a proxy has no more for it for hours.
  if (retryAfterMs !== undefined && toLimitKind(retryAfterMs) === "budget-exhausted") {
    return createExhaustedError(now + retryAfterMs, { now, cause });
  }
  const until =
    retryAfterMs === undefined ? "" : ` It opens again at ${new Date(now + retryAfterMs).toISOString()}.`;
  const said = body.message;
  const words = said === undefined || soundsTooLong(said) ? "" : ` Akash Chat says: ${redact(said)}`;
  // A proxy in front has limits of its own. Without a time of theirs none is made up: it may be seconds or hours,
  // and clients have a back-off of their own for that.
  const reason = isUsageLimit(refusal, body)
    ? "The usage limit of this gateway's address at Akash Chat is reached."
    : "The network in front of Akash Chat takes no more requests from this gateway's address for now. Send fewer at once.";
  return new GatewayError("rate-limited", `${reason}${until}${words}`, { retryAfterMs, cause });
}

/** The application's own limit, in the words of any of its generations. */
function isUsageLimit(refusal: Refusal, body: RefusalBody): boolean {
  return refusal.limitReset !== undefined || body.resetTime !== undefined || body.error !== undefined;
}

/** Longer than any limit lasts; a number beyond every calendar is no time at all. */
const longestWaitMs = 366 * 24 * 3_600_000;

/** Never negative; `undefined` for what can't be meant. */
function toSensible(waitMs: number): number | undefined {
  return waitMs <= longestWaitMs ? Math.max(0, waitMs) : undefined;
}

/** When the upstream says that it will answer again. Never invented. */
function toWait(refusal: Refusal, body: RefusalBody, now: number): number | undefined {
  const reset = Number(refusal.limitReset ?? Number.NaN) * 1000;
  if (Number.isFinite(reset) && reset > 0) return toSensible(reset - now);
  const resetTime = Date.parse(body.resetTime ?? "");
  if (!Number.isNaN(resetTime)) return toSensible(resetTime - now);
  return toRetryAfter(refusal.retryAfter, now);
}

function toRetryAfter(retryAfter: string | undefined, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d+$/.test(retryAfter)) return toSensible(Number(retryAfter) * 1000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : toSensible(date - now);
}

function toForbiddenError(body: RefusalBody, cause: Error): GatewayError {
  if (body.available_models !== undefined) {
    // The image model is not the back end's: it is offered also while that lists nothing.
    if (body.available_models.every(({ id }) => id === imageModelId)) {
      return new GatewayError(
        "overloaded",
        "Akash Chat offers no model at all at the moment: its back end does not answer. Try again later.",
        { cause },
      );
    }
    const words = redact(body.message ?? "The model is not available.");
    return new GatewayError("model-not-found", words, { param: "model", cause });
  }
  const words = body.message ?? body.error;
  return new GatewayError(
    "upstream-unavailable",
    words === undefined
      ? "Akash Chat refused the request (403)."
      : `Akash Chat refused the request: ${redact(words)}`,
    { shouldRetry: false, cause },
  );
}

function toPageError(refusal: Refusal, now: number, cause: Error): GatewayError {
  const { status } = refusal;
  const challenge =
    refusal.challenged || /just a moment|attention required|challenge-platform/i.test(refusal.text);
  if (status === 403 || challenge) {
    return new GatewayError(
      "upstream-unavailable",
      "The network in front of Akash Chat refuses this gateway with a web page, as it does with addresses that it takes for robots. The operator can supply AKASH_COOKIE and AKASH_USER_AGENT of a browser on the same address, or another upstream: AKASHML_API_KEY or gateway.yaml (docs/upstreams.md).",
      { shouldRetry: false, cause },
    );
  }
  if (status < 500) {
    return new GatewayError(
      "upstream-unavailable",
      `Akash Chat answered with a web page (status ${status}) where data was expected. Check AKASH_BASE_URL.`,
      { shouldRetry: false, cause },
    );
  }
  return new GatewayError(
    "upstream-unavailable",
    `Akash Chat or the network in front of it is in trouble (status ${status}). Try again later.`,
    { retryAfterMs: toRetryAfter(refusal.retryAfter, now), cause },
  );
}
