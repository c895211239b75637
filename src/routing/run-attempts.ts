import { GatewayError, toGatewayError } from "../errors.ts";
import type { EventBatch } from "../model/events.ts";
import type { Attempt } from "../model/attempt.ts";
import type { AttemptWatch } from "../model/call-watch.ts";
import type { Conversations } from "./conversations.ts";
import { createPlan } from "./create-plan.ts";
import type { Health } from "./health.ts";
import type { Leg } from "../model/leg.ts";
import type { Progress } from "./router.ts";
import { guardSink } from "../stream/guard-sink.ts";
import type { Sink } from "../stream/source.ts";
import { createRestError, RouteError, toRouteError } from "./route-error.ts";
import { judgeFailure } from "./verdict.ts";

/** What one try is made with. */
export interface AttemptContext {
  /** That of all tries. */
  readonly signal: AbortSignal;
  /** Whether another leg, or this one once more, can be asked if it fails. */
  readonly hasOthers: boolean;
  /** As `AskOptions` has it. */
  readonly mayRepeat: () => boolean;
  /** As `AskOptions` has them. */
  readonly traceHeaders?: AttemptWatch["headers"] | undefined;
}

/** What asking a list of legs takes. `Item`: what an answer is made of. */
export interface AttemptOptions<Item = EventBatch> {
  /** In the order in which they are to be asked; the same leg twice is one. */
  readonly legs: readonly Leg[];
  /** Asks one leg. Resolves after the end of an answer or rejects, at once when `signal` aborts. */
  readonly ask: (leg: Leg, options: AttemptContext, sink: Sink<Item>) => Promise<void>;
  /** Aborts all of it. */
  readonly signal: AbortSignal;
  readonly health: Health;
  /** Ms since the epoch. */
  readonly now: () => number;
  /** The conversation stays where it was answered before. */
  readonly conversation?: { readonly key: string; readonly places: Conversations } | undefined;
  /** Told of each try before it is made; what it returns follows it. */
  readonly onStart?: (leg: Leg) => AttemptWatch | undefined;
  /** Told of each try when it has begun an answer or failed, before its pieces are given or the next leg is asked. */
  readonly onAttempt?: (attempt: Attempt) => void;
  /** Told when a leg that was asked has nothing more to do. */
  readonly onLeave?: ((leg: Leg) => void) | undefined;
}

/**
 * Answers a request by the first leg that begins an answer, and gives its pieces. Until then a failure leads to the next leg if
 * it may do better (`RetryScope`), at most as often as there are legs, plus one; afterwards it is thrown as it is, and no other
 * leg is asked. What the sink fails of is thrown as it is, too. Rejects with the last failure as a `RouteError`, with the tries; kind `aborted` as soon as a leg ends after
 * `signal` has aborted, or before the next is asked.
 */
export async function attemptLegs<Item>(
  options: AttemptOptions<Item> & { readonly progressOf: (item: Item) => Progress },
  sink: Sink<Item>,
): Promise<void> {
  const { legs, health, signal, now, conversation, onStart, onAttempt, onLeave } = options;
  const known = conversation?.places.find(conversation.key, legs);
  const plan = createPlan({ legs, health, known });
  const attempts: Attempt[] = [];
  let failure: GatewayError | undefined;
  const taker = guardSink(sink);

  for (;;) {
    if (signal.aborted) throw createAbortError(signal, attempts);
    const leg = plan.next();
    if (leg === undefined) throw createFinalError({ failure, attempts, plan, options });
    const visit = health.enter(leg);
    const asked = now();
    const watch = onStart?.(leg);
    let failed: GatewayError["kind"] | undefined;
    const answer: { stage: "waiting" | "begun" | "complete" } = { stage: "waiting" };

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

    const give: Sink<Item> = (item) => {
      if (answer.stage === "complete") return undefined;
      const progress = options.progressOf(item);
      if (progress === "nothing") return undefined;
      if (answer.stage === "waiting") {
        answer.stage = "begun";
        visit.begin();
        conversation?.places.keep(conversation.key, leg);
        record("answered");
      }
      if (progress === "end") {
        answer.stage = "complete";
        visit.complete();
      }
      return taker.sink(item);
    };

    try {
      await options.ask(
        leg,
        {
          signal,
          hasOthers: plan.hasOthers(),
          mayRepeat: () => plan.takeRepeat(),
          traceHeaders: watch?.headers,
        },
        give,
      );
      if (taker.failure !== undefined) throw taker.failure.error;
      if (answer.stage === "complete") return;
      throw new GatewayError("upstream-truncated", "The upstream broke off its answer.");
    } catch (thrown) {
      if (taker.failure !== undefined) {
        failed = "aborted";
        throw taker.failure.error;
      }
      // What an upstream does once its answer is whole is nobody's concern.
      if (answer.stage === "complete") return;
      const error = toGatewayError(thrown);
      const hasLeft = signal.aborted;
      failed = hasLeft ? "aborted" : error.kind;
      if (answer.stage === "waiting") record(failed);
      if (hasLeft) throw createAbortError(signal, attempts);
      const { scope, effect } = judgeFailure(error, now());
      visit.fail(error, effect);
      if (answer.stage === "begun") throw error;
      failure = error;
      plan.fail(leg, error, scope);
    } finally {
      watch?.end(failed);
      visit.leave();
      onLeave?.(leg);
    }
  }
}

/** A batch begins an answer unless it is empty, and ends it with `finish`. */
export function progressOfBatch(batch: EventBatch): Progress {
  if (batch.length === 0) return "nothing";
  return batch.at(-1)?.type === "finish" ? "end" : "part";
}

/** Whatever an upstream makes of being aborted, the caller hears its own reason. */
function createAbortError(signal: AbortSignal, attempts: readonly Attempt[]): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof GatewayError) return new RouteError(reason, attempts);
  if (reason instanceof Error && reason.name !== "AbortError") return reason;
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
  readonly options: Pick<AttemptOptions<unknown>, "health" | "now">;
}): GatewayError {
  if (failure !== undefined) return toRouteError(failure, attempts);
  const resting = plan.left.flatMap((leg) => {
    const rest = health.restOf(leg);
    return rest === undefined ? [] : [{ leg, rest }];
  });
  return createRestError(resting, now());
}
