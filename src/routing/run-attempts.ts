import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import { linkSignal } from "../stream/link-signal.ts";
import type { Attempt } from "./attempt.ts";
import type { Conversations } from "./conversations.ts";
import { createPlan } from "./create-plan.ts";
import type { Health } from "./health.ts";
import type { Leg } from "./leg.ts";
import { createRestError, RouteError, toRouteError } from "./route-error.ts";
import { type Judge, judgeFailure } from "./verdict.ts";

/** What asking a list of legs takes. */
export interface AttemptOptions {
  /** In the order in which they are to be asked; the same leg twice is one. */
  readonly legs: readonly Leg[];
  /** Asks one leg. As `Upstream.stream`: ends after `finish` or throws, and at once when `signal` aborts. */
  readonly ask: (leg: Leg, signal: AbortSignal) => AsyncIterable<EventBatch>;
  /** Aborts all of it. */
  readonly signal: AbortSignal;
  readonly health: Health;
  /** Ms since the epoch. */
  readonly now: () => number;
  /** What a failure means, for upstreams that know more than its kind. Default: `judgeFailure`. */
  readonly judge?: (error: GatewayError, leg: Leg, now: number) => ReturnType<Judge>;
  /** The conversation stays where it was answered before. */
  readonly conversation?: { readonly key: string; readonly places: Conversations } | undefined;
  /** Told of each try when it has begun an answer or failed, before its events are given or the next leg is asked. */
  readonly onAttempt?: (attempt: Attempt) => void;
}

/**
 * Answers a request by the first leg that begins an answer, and gives its batches. Until then a failure leads to the next leg if
 * it may do better (`RetryScope`), at most as often as there are legs, plus one; afterwards it is thrown as it is, and no other
 * leg is asked. Throws the last failure as a `RouteError`, with the tries; kind `aborted` as soon as a leg ends after
 * `signal` has aborted, or before the next is asked. Who stops iterating aborts the leg that answers.
 */
export async function* runAttempts(options: AttemptOptions): AsyncGenerator<EventBatch, void, undefined> {
  const { legs, health, signal, now, conversation, onAttempt } = options;
  const judge = options.judge ?? ((error: GatewayError, _leg: Leg, at: number) => judgeFailure(error, at));
  const known = conversation?.places.find(conversation.key, legs);
  const plan = createPlan({ legs, health, known });
  const attempts: Attempt[] = [];
  let failure: GatewayError | undefined;

  for (;;) {
    if (signal.aborted) throw createAbortError(attempts);
    const leg = plan.next();
    if (leg === undefined) throw createFinalError({ failure, attempts, plan, options });
    const visit = health.enter(leg);
    const asked = now();
    const linked = linkSignal(signal);
    let stage: "waiting" | "begun" | "complete" = "waiting";

    const record = (outcome: Attempt["outcome"]): void => {
      const attempt = {
        upstream: leg.upstream,
        model: leg.model.id,
        outcome,
        ms: Math.max(0, Math.round(now() - asked)),
      };
      attempts.push(attempt);
      onAttempt?.(attempt);
    };

    try {
      for await (const batch of options.ask(leg, linked.signal)) {
        if (stage === "complete") break;
        if (batch.length === 0) continue;
        if (stage === "waiting") {
          stage = "begun";
          visit.begin();
          conversation?.places.keep(conversation.key, leg);
          record("answered");
        }
        if (batch.at(-1)?.type === "finish") {
          stage = "complete";
          visit.complete();
        }
        yield batch;
      }
      if (stage === "complete") return;
      throw new GatewayError("upstream-truncated", "The upstream broke off its answer.");
    } catch (thrown) {
      // What an upstream does once its answer is whole is nobody's concern.
      if (stage === "complete") return;
      const error = toGatewayError(thrown);
      const hasLeft = signal.aborted;
      if (stage === "waiting") record(hasLeft ? "aborted" : error.kind);
      if (hasLeft) throw createAbortError(attempts);
      const { scope, effect } = judge(error, leg, now());
      visit.fail(error, effect);
      if (stage === "begun") throw error;
      failure = error;
      plan.fail(leg, error, scope);
    } finally {
      visit.leave();
      linked.release();
      if (stage !== "complete") linked.abort();
    }
  }
}

function createAbortError(attempts: readonly Attempt[]): GatewayError {
  return new RouteError(new GatewayError("aborted", "The request was cancelled."), attempts);
}

/** Nobody is left to be asked: the last failure, or, where nobody could be asked at all, when somebody can. */
function createFinalError({
  failure,
  attempts,
  plan,
  options: { health, now },
}: {
  readonly failure: GatewayError | undefined;
  readonly attempts: readonly Attempt[];
  readonly plan: { readonly left: readonly Leg[] };
  readonly options: Pick<AttemptOptions, "health" | "now">;
}): GatewayError {
  if (failure !== undefined) return toRouteError(failure, attempts);
  const resting = plan.left.flatMap((leg) => {
    const rest = health.restOf(leg);
    return rest === undefined ? [] : [{ leg, rest }];
  });
  return createRestError(resting, now());
}
