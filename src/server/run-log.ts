import type { FastifyRequest } from "fastify";

import type { RunLog } from "../responses/response-service.ts";
import { AnswerFacts, noteEvent } from "./answer-facts.ts";
import { tellBegin, tellEnd } from "./request-observer.ts";
import type { ServerDependencies } from "./route-dependencies.ts";
import { beginRunTrace } from "./trace-requests.ts";

/**
 * Creates the log of a background response, from that of the request, so that its line has its id. At the end it tells the
 * observers. Until then `open` warns if it stands still.
 */
export function createRunLog(
  request: FastifyRequest,
  {
    open,
    observers,
    access,
    newId,
    now,
  }: Pick<ServerDependencies, "open" | "observers" | "access" | "newId" | "now">,
): RunLog {
  const facts = new AnswerFacts(request);
  facts.begunBy = request.facts;
  facts.caller = request.facts.caller;
  facts.gate = access.gateFor(facts.caller, () => facts.dialect);
  beginRunTrace(request, facts, { now, newId });
  facts.clientAddress = request.facts.clientAddress;
  let close: (() => void) | undefined;

  /** Not before: a run that is refused, because too many are under way, neither begins nor ends. */
  function begin(): () => void {
    if (close !== undefined) return close;
    close = open.add({ facts, response: undefined });
    tellBegin(observers, request, facts);
    return close;
  }

  return {
    watch: facts,
    note: (events) => (sink) => {
      begin();
      return events((batch) => {
        for (const event of batch) noteEvent(facts, event);
        return sink(batch);
      });
    },
    onRefused() {
      facts.gate?.settle({ tokens: 0, nanoUsd: 0 });
      // It never begins, so its request tells of that.
      request.facts.refused ||= facts.refused;
    },
    onEnd({ id, status, model }, error) {
      // One that was cancelled while it was queued begins here.
      begin()();
      facts.response = id;
      facts.model ??= model;
      if (error !== undefined) {
        facts.error = error.kind;
        facts.cause = error;
      }
      tellEnd(observers, {
        request,
        facts,
        // The status of HTTP was told to the request.
        ending: { event: "background", status: undefined, clientLeft: undefined, outcome: status },
      });
    },
  };
}
