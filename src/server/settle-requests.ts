import type { TypicalAnswers } from "../access/typical-answers.ts";
import type { Usage } from "../model/events.ts";
import type { RequestObserver } from "./request-observer.ts";

/** What of a limit of tokens a request has truly cost: all that was read and written, as far as it is known. */
export function tokensOf(usage: Usage | undefined): number {
  return (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
}

/** Puts what a request has truly cost in the place of what was reserved for it, and learns from it how long answers are. */
export function settleRequests(typical: Pick<TypicalAnswers, "learn">): RequestObserver {
  return {
    end({ facts }) {
      const { gate, usage, model, finish } = facts;
      // Only answers that came to their own end say how long one is.
      const isWhole = finish === "stop" || finish === "tool-calls";
      if (isWhole && model !== undefined && usage?.outputTokens !== undefined) {
        typical.learn(model, usage.outputTokens);
      }
      if (gate === undefined) return;
      gate.settle({ tokens: tokensOf(usage), nanoUsd: facts.nanoUsd ?? 0 });
    },
  };
}
