import type { ErrorKind } from "../errors.ts";
import type { Usage } from "../model/events.ts";
import type { Mutable } from "../model/mutable.ts";
import type { ModelTotals, Totals } from "../model/totals.ts";

/** How an answer ended. */
export interface Outcome {
  readonly model?: string | undefined;
  readonly usage?: Pick<Usage, "inputTokens" | "outputTokens"> | undefined;
  readonly error?: ErrorKind | undefined;
}

/** Adds up what a gateway does. */
export interface TotalsKeeper {
  /** A request that has ended, by its answer or by the client's leaving. */
  addRequest(outcome: Outcome): void;
  /** A background response that has ended; its request was added when it was answered. */
  addRun(outcome: Outcome): void;
  totals(this: void): Totals;
}

/** Clients choose the names of models as long as the upstream's list is not known. */
const mostModels = 200;
const otherModels = "other models";

/** Creates the keeper; `since` is now, in ms since the epoch. */
export function createTotalsKeeper(since: number): TotalsKeeper {
  let requests = 0;
  const failures: Partial<Record<ErrorKind, number>> = {};
  const models = new Map<string, Mutable<ModelTotals>>();

  function entryOf(name: string): Mutable<ModelTotals> {
    const model = models.has(name) || models.size < mostModels ? name : otherModels;
    const entry = models.get(model) ?? { model, answers: 0, inputTokens: 0, outputTokens: 0 };
    models.set(model, entry);
    return entry;
  }

  function add({ model, usage, error }: Outcome): void {
    if (error !== undefined) failures[error] = (failures[error] ?? 0) + 1;
    // What failed may have been paid for all the same.
    if (model === undefined || (error !== undefined && usage === undefined)) return;
    const entry = entryOf(model);
    if (error === undefined) entry.answers += 1;
    entry.inputTokens += usage?.inputTokens ?? 0;
    entry.outputTokens += usage?.outputTokens ?? 0;
  }

  return {
    addRequest(outcome) {
      requests += 1;
      add(outcome);
    },
    addRun: add,
    totals: () => ({
      since,
      requests,
      failures: { ...failures },
      models: [...models.values()].map((entry) => ({ ...entry })),
    }),
  };
}
