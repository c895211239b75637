import type { FastifyReply, FastifyRequest } from "fastify";

import { errorStatus } from "../errors.ts";
import { AnswerFacts } from "./answer-facts.ts";
import type { OpenRequests } from "./open-requests.ts";
import { toEnding, toRequestLine, type RequestLine } from "./request-line.ts";
import { whenOver } from "./when-over.ts";

/** What browsers, probes and clients ask for by themselves. */
const byThemselves: ReadonlySet<string> = new Set(["/health", "/favicon.ico", "/robots.txt"]);

function isNoise({ method, route }: RequestLine): boolean {
  return method === "OPTIONS" || byThemselves.has(route) || (method === "HEAD" && route === "/");
}

/** IPv4 as such, also where the socket is one of IPv6. Against its type, an address is unknown once its connection is gone. */
function toPlainAddress(address: string | undefined): string | undefined {
  return address?.startsWith("::ffff:") === true ? address.slice(7) : address;
}

/** Writes a line at the level that its outcome deserves. */
export function writeRequestLine(line: RequestLine, facts: AnswerFacts, text: string): void {
  const { error } = line;
  const { log } = facts;
  const failed = error !== undefined && error !== "aborted";
  // By the kind: the status may be another. What broke off after a 200 is none of the client's doing, but for kinds that always are.
  const kindStatus = failed ? errorStatus[error] : 200;
  if (failed && (kindStatus >= 500 || (line.status === 200 && kindStatus !== 400))) log.error(line, text);
  else if (isNoise(line)) log.debug(line, text);
  else if (failed) log.warn(line, text);
  else log.info(line, text);
}

/**
 * One line for a request, when its response has closed, and one at `debug` now that it begins. Never headers, bodies or
 * queries (signed links carry their signature there). Gives it its facts, of which `open` tells when they stand still.
 */
export function logRequest(request: FastifyRequest, reply: FastifyReply, open: OpenRequests): void {
  const facts = new AnswerFacts(request);
  facts.clientAddress = toPlainAddress(request.ip);
  request.facts = facts;
  const close = open.add({ facts, response: reply.raw });
  facts.log.debug({ event: "open", clientAddress: facts.clientAddress }, `${facts.text} begins`);
  reply.raw.once("close", close);
  whenOver(reply.raw, () => {
    writeRequestLine(toRequestLine(request, facts, toEnding(reply)), facts, facts.text);
  });
}
