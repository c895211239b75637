import { z } from "zod";

import { type ErrorKind, errorStatus, GatewayError } from "../errors.ts";
import type { Notices } from "../model/notices.ts";
import type { Health, RestListener } from "./health.ts";
import { isStrike } from "./verdict.ts";

const kind = "rest";

/** By what gateways know an upstream that each may call otherwise. */
export type IdentifyUpstream = (upstream: string) => string;

const timeSchema = z.number().optional();
/** An error as other processes get it: all that routing and clients are told by, nothing of its causes. */
const errorSchema = z.object({
  // Its keys are the kinds.
  kind: z.enum(Object.keys(errorStatus) as [ErrorKind, ...ErrorKind[]]),
  message: z.string(),
  retryAfterMs: timeSchema,
  resetsAt: timeSchema,
  status: timeSchema,
  shouldRetry: z.boolean().optional(),
  retry: z.enum(["never", "same", "other", "larger-context"]).optional(),
  restsAt: z.enum(["model", "upstream"]).optional(),
});
const restSchema = z.object({
  identity: z.string(),
  model: z.string().optional(),
  since: z.number(),
  until: z.number(),
  told: z.boolean(),
  round: z.int(),
  error: errorSchema,
});

function toPlain(error: GatewayError): z.input<typeof errorSchema> {
  const { kind: errorKind, message, retryAfterMs, resetsAt, status, shouldRetry, retry, restsAt } = error;
  return { kind: errorKind, message, retryAfterMs, resetsAt, status, shouldRetry, retry, restsAt };
}

/** Tells other processes that an upstream or a model at it begins to rest. */
export function tellRests(
  { publish }: Pick<Notices, "publish">,
  identify: IdentifyUpstream = itself,
): RestListener {
  return ({ upstream, model, since, until, told, round, error }) => {
    const identity = identify(upstream);
    const value: z.input<typeof restSchema> = {
      identity,
      model,
      since,
      until,
      told,
      round,
      error: toPlain(error),
    };
    // What nobody has said, such as that nothing can be reached, may be our own trouble.
    const isLocal = !told && isStrike(error.kind);
    publish({ kind, key: JSON.stringify([identity, model]), value, until, isLocal });
  };
}

/** Lets rest here what began to rest elsewhere, by whatever of `names` it is called here. */
export function followRests(
  { subscribe }: Pick<Notices, "subscribe">,
  health: Pick<Health, "take">,
  names: () => Iterable<string>,
  identify: IdentifyUpstream = itself,
): void {
  subscribe(kind, (notice) => {
    const rest = restSchema.safeParse(notice.value).data;
    // Another version of this program may say it otherwise.
    if (rest === undefined) return;
    const { identity, model, since, until, told, round } = rest;
    const { kind: errorKind, message, resetsAt, ...options } = rest.error;
    // Of the other's clock against ours.
    const aheadMs = until - notice.until;
    const error = new GatewayError(errorKind, message, {
      ...options,
      resetsAt: resetsAt === undefined ? undefined : resetsAt - aheadMs,
    });
    for (const name of names()) {
      if (identify(name) !== identity) continue;
      health.take(name, model, {
        state: "resting",
        since: since - aheadMs,
        until: notice.until,
        told,
        round,
        error,
      });
    }
  });
}

function itself(upstream: string): string {
  return upstream;
}
