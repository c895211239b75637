import type { TypicalAnswers } from "../access/typical-answers.ts";
import type { RequestObserver } from "./request-observer.ts";

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
      const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
      gate.settle({ tokens: inputTokens + outputTokens, nanoUsd: facts.nanoUsd ?? 0 });
    },
  };
}
