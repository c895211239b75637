import { GatewayError, type ErrorKind, type GatewayErrorOptions } from "../errors.ts";
import type { Notices } from "../model/notices.ts";
import type { Health, RestListener } from "./health.ts";
import type { Resting } from "./place.ts";

const kind = "rest";

/** An error as other processes get it: all that routing and clients are told by, nothing of its causes. */
interface PlainError extends Pick<
  GatewayErrorOptions,
  "retryAfterMs" | "resetsAt" | "status" | "shouldRetry" | "retry" | "restsAt"
> {
  readonly kind: ErrorKind;
  readonly message: string;
}

interface SharedRest extends Omit<Resting, "state" | "error"> {
  readonly upstream: string;
  readonly model?: string | undefined;
  readonly error: PlainError;
}

function toPlain({
  kind: errorKind,
  message,
  retryAfterMs,
  resetsAt,
  status,
  shouldRetry,
  retry,
  restsAt,
}: GatewayError): PlainError {
  return { kind: errorKind, message, retryAfterMs, resetsAt, status, shouldRetry, retry, restsAt };
}

/** Tells other processes that an upstream or a model at it begins to rest. */
export function tellRests({ publish }: Pick<Notices, "publish">): RestListener {
  return ({ upstream, model, since, until, told, round, error }) => {
    const value: SharedRest = { upstream, model, since, until, told, round, error: toPlain(error) };
    publish({ kind, key: JSON.stringify([upstream, model]), value, until });
  };
}

/** Lets rest here what began to rest elsewhere. */
export function followRests({ subscribe }: Pick<Notices, "subscribe">, health: Pick<Health, "take">): void {
  subscribe(kind, ({ value }) => {
    // Ours, from another process.
    const { upstream, model, error, ...rest } = value as SharedRest;
    const { kind: errorKind, message, ...options } = error;
    health.take(upstream, model, {
      state: "resting",
      ...rest,
      error: new GatewayError(errorKind, message, options),
    });
  });
}
