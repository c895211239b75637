import { GatewayError } from "../../errors.ts";
import type { UpstreamNames } from "./names.ts";

const unresolvable = new Set(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL"]);
const unreachable = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
]);
const silent = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);
const untrusted =
  /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|UND_ERR_PRX_TLS)/;

/**
 * Says in plain words why the upstream could not be talked to. `part` is what was being waited for: a body
 * that breaks off is kind `upstream-truncated`. `shouldRetry: false` marks what another try won't mend.
 */
export function toConnectionError(cause: unknown, part: "head" | "body", names: UpstreamNames): GatewayError {
  if (cause instanceof GatewayError) return cause;
  const { title, address } = names;
  const code = codeOf(cause);
  const message = cause instanceof Error ? cause.message : "";

  if (silent.has(code)) return createTimeoutError(title, cause);
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return new GatewayError("overloaded", "The gateway is shutting down.", { cause });
  }
  if (code === "UND_ERR_INVALID_ARG") {
    return unavailable(
      title,
      `a header that the operator set cannot be sent. Check ${names.headers}.`,
      cause,
      false,
    );
  }
  if (isUnreadable(cause, code, part)) {
    return new GatewayError("upstream-protocol", `${title}'s reply is not valid HTTP.`, { cause });
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return new GatewayError("upstream-protocol", `The headers of ${title}'s reply are too large.`, {
      cause,
    });
  }
  if (part === "body") {
    return new GatewayError(
      "upstream-truncated",
      `The connection to ${title} broke off in the middle of its reply.`,
      { cause },
    );
  }
  if (unresolvable.has(code)) {
    return unavailable(
      title,
      `its name could not be resolved (DNS). Check ${address} and the network of the gateway.`,
      cause,
      code === "EAI_AGAIN",
    );
  }
  if (untrusted.test(code)) {
    return unavailable(
      title,
      `its TLS certificate or handshake was not accepted (${code}). A proxy that inspects TLS needs its certificate in NODE_EXTRA_CA_CERTS.`,
      cause,
      false,
    );
  }
  const proxyStatus = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  if (proxyStatus !== undefined) {
    return unavailable(
      title,
      `the HTTP proxy refused the connection with status ${proxyStatus}. Check HTTPS_PROXY and HTTP_PROXY.`,
      cause,
      false,
    );
  }
  if (code === "ECONNREFUSED") {
    return unavailable(title, `the connection was refused. Check ${address} and any proxy.`, cause, true);
  }
  if (unreachable.has(code)) {
    return unavailable(
      title,
      "no connection could be made in time. Check the network and any proxy.",
      cause,
      true,
    );
  }
  return unavailable(title, "the connection was closed before it answered.", cause, true);
}

/** The error of an upstream that stayed silent for longer than its time-out. */
export function createTimeoutError(title: string, cause?: unknown): GatewayError {
  return new GatewayError(
    "upstream-timeout",
    `${title} was silent for too long. Long thinking or a busy back end may be the reason; try again or ask for less.`,
    { cause },
  );
}

function unavailable(title: string, reason: string, cause: unknown, shouldRetry: boolean): GatewayError {
  return new GatewayError("upstream-unavailable", `${title} could not be reached: ${reason}`, {
    cause,
    ...(shouldRetry ? {} : { shouldRetry }),
  });
}

/** undici gives not every error of its parser a code, and asserts that nobody answers 101 to no upgrade. */
function isUnreadable(cause: unknown, code: string, part: "head" | "body"): boolean {
  if (code.startsWith("HPE_") || code === "ERR_ASSERTION") return true;
  // Two lengths in one head; in a body it is one that broke off.
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" && part === "head") return true;
  if (!(cause instanceof Error)) return false;
  return cause.name === "HTTPParserError" || cause.message === "bad upgrade";
}

/** The error code, also of the first of several attempts or of what lies beneath. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
