import { z } from "zod";

import { type ErrorKind, errorStatus, GatewayError } from "../errors.ts";
import type { Notices } from "../model/notices.ts";
import type { Health, Rest, RestListener } from "./health.ts";
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

/** That what is told by the same key is over. */
const overSchema = z.object({ identity: z.string(), over: z.literal(true) });

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
    publish({ kind, key: keyOf(identity, model), value, until, isLocal: isOurGuess({ told, error }) });
  };
}

/** Tells other processes that a rest was ended before its time: the upstream answers. */
export function tellRestIsOver(
  { publish }: Pick<Notices, "publish">,
  identify: IdentifyUpstream = itself,
): (rest: Rest) => void {
  return ({ upstream, model, until, told, error }) => {
    const identity = identify(upstream);
    const value: z.input<typeof overSchema> = { identity, over: true };
    // In the place of the rest, for who only now begins to listen.
    publish({ kind, key: keyOf(identity, model), value, until, isLocal: isOurGuess({ told, error }) });
  };
}

function keyOf(identity: string, model: string | undefined): string {
  return JSON.stringify([identity, model]);
}

/** What nobody has said, such as that nothing can be reached, may be our own trouble. */
function isOurGuess({ told, error }: Pick<Rest, "told" | "error">): boolean {
  return !told && isStrike(error.kind);
}

/** Lets rest here what began to rest elsewhere, by whatever of `names` it is called here. */
export function followRests(
  { subscribe }: Pick<Notices, "subscribe">,
  health: Pick<Health, "take" | "forget">,
  names: () => Iterable<string>,
  identify: IdentifyUpstream = itself,
): void {
  subscribe(kind, (notice) => {
    const over = overSchema.safeParse(notice.value).data;
    if (over !== undefined) {
      for (const name of names()) if (identify(name) === over.identity) health.forget(name);
      return;
    }
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
