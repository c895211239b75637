import type { FastifyRequest } from "fastify";

import type { RunLog } from "../responses/response-service.ts";
import { AnswerFacts, noteEvent } from "./answer-facts.ts";
import { writeRequestLine } from "./log-requests.ts";
import type { TotalsKeeper } from "./create-totals-keeper.ts";
import type { OpenRequests } from "./open-requests.ts";
import { toRequestLine } from "./request-line.ts";

/**
 * Creates the log of a background response, from that of the request, so that the line has its id. At the end it writes the
 * line, as a warning or an error when the response failed, and adds the response to the totals. Until then `open` warns if
 * it stands still.
 */
export function createRunLog(
  request: FastifyRequest,
  { open, totals }: { readonly open?: OpenRequests; readonly totals: TotalsKeeper },
): RunLog {
  const facts = new AnswerFacts(request);
  facts.clientAddress = request.facts.clientAddress;
  let close: (() => void) | undefined;
  return {
    watch: facts,
    note: (events) => (sink) => {
      close ??= open?.add({ facts, response: undefined });
      return events((batch) => {
        for (const event of batch) noteEvent(facts, event);
        return sink(batch);
      });
    },
    onEnd({ id, status, model }, error) {
      close?.();
      facts.response = id;
      facts.model ??= model;
      if (error !== undefined) {
        facts.error = error.kind;
        facts.cause = error;
      }
      const { usage } = facts;
      totals.addRun({ model: facts.model, usage, error: status === "cancelled" ? "aborted" : facts.error });
      const line = toRequestLine(request, facts, {
        event: "background",
        // That of HTTP was told to the request.
        status: undefined,
        clientLeft: undefined,
        outcome: status,
      });
      writeRequestLine(line, facts, `background response ${status}`);
    },
  };
}
