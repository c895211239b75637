import type * as prom from "prom-client";

import type { AnswerFacts } from "../server/answer-facts.ts";
import type { RequestObserver } from "../server/request-observer.ts";
import { createBoundLabel } from "./bound-label.ts";

/** The library, which is loaded only where metrics are wanted. */
export type PromClient = typeof prom;

/** From what a cached refusal takes to the longest answers of agents, in seconds. */
const durations = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640];

/**
 * Creates what is counted and measured of requests once they are over; nothing is done for each token. `isModel` tells which names
 * are the gateway's own: another one, which a client made up, is `other`. docs/metrics.md describes all of them.
 */
export function createRequestMetrics(
  { Counter, Histogram }: PromClient,
  registry: prom.Registry,
  isModel: (name: string) => boolean,
): RequestObserver {
  const modelLabel = createBoundLabel(isModel);
  const upstreamLabel = createBoundLabel();
  const reasonLabel = createBoundLabel();

  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const histogram = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Histogram({ name, help, labelNames, buckets: durations, registers: [registry] });

  const requests = counter(
    "akashchat_requests_total",
    "Requests that are over, by what the client got: status 499 is a client that left before, error none a success.",
    ["dialect", "model", "status", "error"],
  );
  const runs = counter("akashchat_background_responses_total", "Background responses that are over.", [
    "model",
    "outcome",
    "error",
  ]);
  const total = histogram(
    "akashchat_request_duration_seconds",
    "From the request to the last byte of its answer, of requests that asked an upstream.",
    ["dialect", "model"],
  );
  const first = histogram(
    "akashchat_time_to_first_token_seconds",
    "From the request to the first piece of text, thought, call or picture.",
    ["dialect", "model"],
  );
  const tokens = counter(
    "akashchat_tokens_total",
    "Tokens that models read (input) and wrote (output, reasoning included).",
    ["model", "upstream", "type", "estimated"],
  );
  const reasoning = counter(
    "akashchat_reasoning_tokens_total",
    "Those of the output tokens that were thoughts, where the upstream tells them apart.",
    ["model", "upstream"],
  );
  const pictures = counter("akashchat_pictures_total", "Pictures that were drawn.", ["model"]);
  const repairs = counter(
    "akashchat_repairs_total",
    "Answers that did not do, so that the model was asked once more.",
    ["model", "reason"],
  );
  const retries = counter(
    "akashchat_retries_total",
    "Requests that were sent to the same upstream once more after a failure.",
    ["upstream", "reason"],
  );
  const attempts = counter(
    "akashchat_upstream_attempts_total",
    "Tries at upstreams: answered, whatever became of it, or the kind of error.",
    ["upstream", "outcome"],
  );
  const attemptTimes = histogram(
    "akashchat_upstream_attempt_duration_seconds",
    "From asking an upstream to the first events of its answer, or to its failure.",
    ["upstream"],
  );

  /** What an upstream was asked for, and what it cost. A count of tokens that asked nobody has a usage, too. */
  function countWork(facts: AnswerFacts, model: string): void {
    for (const { upstream, outcome, ms } of facts.attempts) {
      const label = upstreamLabel(upstream);
      attempts.inc({ upstream: label, outcome });
      attemptTimes.observe({ upstream: label }, ms / 1000);
    }
    for (const { upstream, failure } of facts.retries)
      retries.inc({ upstream: upstreamLabel(upstream), reason: reasonLabel(failure) });
    for (const reason of facts.repairs) repairs.inc({ model, reason });
    if (facts.pictures > 0) pictures.inc({ model }, facts.pictures);
    if (facts.upstream === undefined) return;
    const dialect = facts.dialect ?? "none";
    total.observe({ dialect, model }, (performance.now() - facts.begun) / 1000);
    if (facts.firstTokenMs !== undefined) first.observe({ dialect, model }, facts.firstTokenMs / 1000);
    const { usage } = facts;
    if (usage === undefined) return;
    const upstream = upstreamLabel(facts.upstream);
    const estimated = String(usage.estimated);
    tokens.inc({ model, upstream, type: "input", estimated }, usage.inputTokens ?? 0);
    tokens.inc({ model, upstream, type: "output", estimated }, usage.outputTokens ?? 0);
    if (usage.reasoningTokens !== undefined) reasoning.inc({ model, upstream }, usage.reasoningTokens);
  }

  return {
    end({ facts, ending }) {
      const model = modelLabel(facts.model);
      if (ending.event === "request") {
        const dialect = facts.dialect ?? "none";
        requests.inc({ dialect, model, status: String(ending.status), error: facts.error ?? "none" });
      } else runs.inc({ model, outcome: ending.outcome ?? "none", error: facts.error ?? "none" });
      countWork(facts, model);
    },
  };
}
