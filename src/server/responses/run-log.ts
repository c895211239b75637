import type { FastifyBaseLogger } from "fastify";

import type { ResponseObject } from "../../dialects/openai-responses/index.ts";
import type { GatewayError } from "../../errors.ts";
import type { EventBatch } from "../../model/events.ts";
import { noteEvent, toLogFields, type AnswerFacts } from "../answer-facts.ts";

/** The log of one background response, whose request was answered before there was anything to tell. */
export interface RunLog {
  /** Passes the answer's events on, and notes its model and usage. */
  readonly note: (events: AsyncIterable<EventBatch>) => AsyncIterable<EventBatch>;
  /** Writes the line: as a warning or an error when the response failed. */
  readonly onEnd: (response: ResponseObject, error: GatewayError | undefined) => void;
}

/** Creates it; `log` is that of the request, so that the line has its id. */
export function createRunLog(log: FastifyBaseLogger): RunLog {
  const start = performance.now();
  const facts: AnswerFacts = {};
  return {
    async *note(events) {
      for await (const batch of events) {
        for (const event of batch) noteEvent(facts, event);
        yield batch;
      }
    },
    onEnd({ id, status, model }, error) {
      if (error !== undefined) {
        facts.error = error.kind;
        facts.cause = error;
      }
      // Not `status`, which in the line of a request is that of HTTP.
      const line = {
        response: id,
        outcome: status,
        ms: Math.round(performance.now() - start),
        model,
        ...toLogFields(facts),
      };
      const text = `background response ${status}`;
      if (error === undefined) log.info(line, text);
      else if (error.status >= 500) log.error(line, text);
      else log.warn(line, text);
    },
  };
}
