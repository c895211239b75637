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
  const registers = [registry];
  const modelLabel = createBoundLabel(isModel);
  const upstreamLabel = createBoundLabel();
  const reasonLabel = createBoundLabel();

  const requests = new Counter({
    name: "akashchat_requests_total",
    help: "Requests that are over, by what the client got: status 499 is a client that left before, error none a success.",
    labelNames: ["dialect", "model", "status", "error"],
    registers,
  });
  const runs = new Counter({
    name: "akashchat_background_responses_total",
    help: "Background responses that are over.",
    labelNames: ["model", "outcome", "error"],
    registers,
  });
  const total = new Histogram({
    name: "akashchat_request_duration_seconds",
    help: "From the request to the last byte of its answer, of requests that asked an upstream.",
    labelNames: ["dialect", "model"],
    buckets: durations,
    registers,
  });
  const first = new Histogram({
    name: "akashchat_time_to_first_token_seconds",
    help: "From the request to the first piece of text, thought, call or picture.",
    labelNames: ["dialect", "model"],
    buckets: durations,
    registers,
  });
  const tokens = new Counter({
    name: "akashchat_tokens_total",
    help: "Tokens that models read (input) and wrote (output, reasoning included).",
    labelNames: ["model", "upstream", "type", "estimated"],
    registers,
  });
  const reasoning = new Counter({
    name: "akashchat_reasoning_tokens_total",
    help: "Those of the output tokens that were thoughts, where the upstream tells them apart.",
    labelNames: ["model", "upstream"],
    registers,
  });
  const pictures = new Counter({
    name: "akashchat_pictures_total",
    help: "Pictures that were drawn.",
    labelNames: ["model"],
    registers,
  });
  const repairs = new Counter({
    name: "akashchat_repairs_total",
    help: "Answers that did not do, so that the model was asked once more.",
    labelNames: ["model", "reason"],
    registers,
  });
  const retries = new Counter({
    name: "akashchat_retries_total",
    help: "Requests that were sent to the same upstream once more after a failure.",
    labelNames: ["upstream", "reason"],
    registers,
  });
  const attempts = new Counter({
    name: "akashchat_upstream_attempts_total",
    help: "Tries at upstreams: answered, whatever became of it, or the kind of error.",
    labelNames: ["upstream", "outcome"],
    registers,
  });
  const attemptTimes = new Histogram({
    name: "akashchat_upstream_attempt_duration_seconds",
    help: "From asking an upstream to the first events of its answer, or to its failure.",
    labelNames: ["upstream"],
    buckets: durations,
    registers,
  });

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
