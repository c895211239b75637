import type { FastifyReply, FastifyRequest } from "fastify";

import { AnswerFacts } from "./answer-facts.ts";
import type { OpenRequests } from "./open-requests.ts";
import { toEnding, type Ending } from "./request-line.ts";
import { whenOver } from "./when-over.ts";

/** What a client sent, whether or not anybody understood it. */
export type SentRequest = Pick<FastifyRequest, "headers" | "body" | "routeOptions">;

/** A request, or a background response (`ending.event`), that is over. */
export interface EndedRequest {
  /** Of a background response that which began it. */
  readonly request: SentRequest;
  readonly facts: AnswerFacts;
  readonly ending: Ending;
}

/**
 * Learns of every request: the line in the log, the totals, metrics, traces. A request that began a background response is over when
 * it was answered; the response is told of on its own, with facts of its own.
 */
export interface RequestObserver {
  /** It begins; nothing is known but its head. */
  begin?(request: SentRequest, facts: AnswerFacts): void;
  /**
   * It is over, by its answer or by the client's leaving: called once for each, and never while anything is still awaited for it.
   * Whoever waits for an answer has it, so that what takes long must not be done here.
   */
  end(ended: EndedRequest): void;
}

/** All who want to know of a request. */
export type Observers = readonly RequestObserver[];

/** Tells all, each whatever becomes of the others: of what one of them fails the log tells, as a mistake of ours. */
function tellAll(observers: Observers, facts: AnswerFacts, tell: (observer: RequestObserver) => void): void {
  for (const observer of observers) {
    try {
      tell(observer);
    } catch (error) {
      facts.log.error({ err: error }, "what counts or notes requests failed");
    }
  }
}

/** Tells all that a request, or a background response, begins. */
export function tellBegin(observers: Observers, request: SentRequest, facts: AnswerFacts): void {
  tellAll(observers, facts, (observer) => observer.begin?.(request, facts));
}

/** Tells all that it is over. */
export function tellEnd(observers: Observers, ended: EndedRequest): void {
  tellAll(observers, ended.facts, (observer) => observer.end(ended));
}

/** IPv4 as such, also where the socket is one of IPv6. Against its type, an address is unknown once its connection is gone. */
function toPlainAddress(address: string | undefined): string | undefined {
  return address?.startsWith("::ffff:") === true ? address.slice(7) : address;
}

/** Gives a request its facts, of which `open` tells when they stand still, and all observers its beginning and its end. */
export function observeRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { open, observers }: { readonly open: OpenRequests; readonly observers: Observers },
): void {
  const facts = new AnswerFacts(request);
  facts.clientAddress = toPlainAddress(request.ip);
  request.facts = facts;
  reply.raw.once("close", open.add({ facts, response: reply.raw }));
  tellBegin(observers, request, facts);
  whenOver(reply.raw, () => tellEnd(observers, { request, facts, ending: toEnding(reply) }));
}
