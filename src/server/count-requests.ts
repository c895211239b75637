import type { RequestObserver } from "./request-observer.ts";
import type { TotalsKeeper } from "./create-totals-keeper.ts";

/** The routes that ask a model. */
const asking: ReadonlySet<string> = new Set([
  "/v1/chat/completions",
  "/v1/completions",
  "/v1/responses",
  "/v1/responses/compact",
  "/v1/messages",
  "/v1/images/generations",
  "/v1beta/models/*:generateContent",
  "/v1beta/models/*:streamGenerateContent",
]);

/** Counts the requests that ask a model, and background responses, once each has ended. */
export function countRequests(keeper: TotalsKeeper): RequestObserver {
  return {
    end({ facts, ending }) {
      const { method, route, model, usage, error } = facts;
      if (ending.event === "background")
        keeper.addRun({ model, usage, error: ending.outcome === "cancelled" ? "aborted" : error });
      else if (method === "POST" && asking.has(route)) keeper.addRequest(facts);
    },
  };
}
