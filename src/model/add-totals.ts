import type { ModelTotals, Totals } from "./totals.ts";

/** What several processes did, as if one had; since the first of them began. */
export function addTotals(one: Totals, other: Totals): Totals {
  const failures: Record<string, number> = { ...one.failures };
  for (const [kind, count] of Object.entries(other.failures)) failures[kind] = (failures[kind] ?? 0) + count;
  const models = new Map<string, ModelTotals>(one.models.map((model) => [model.model, model]));
  for (const more of other.models) {
    const known = models.get(more.model);
    models.set(
      more.model,
      known === undefined
        ? more
        : {
            model: more.model,
            answers: known.answers + more.answers,
            inputTokens: known.inputTokens + more.inputTokens,
            outputTokens: known.outputTokens + more.outputTokens,
          },
    );
  }
  return {
    since: Math.min(one.since, other.since),
    requests: one.requests + other.requests,
    failures,
    models: [...models.values()],
  };
}
