import { errorStatus } from "../errors.ts";
import type { RequestObserver } from "./request-observer.ts";
import { toRequestLine, type RequestLine } from "./request-line.ts";

/** What browsers, probes and clients ask for by themselves. */
const byThemselves: ReadonlySet<string> = new Set([
  "/health",
  "/metrics",
  "/favicon.ico",
  "/robots.txt",
  // The console, and what it looks at as long as it is open.
  "/console",
  "/console/assets/:name",
  "/v1/access",
  "/v1/status",
  "/v1/status/events",
  "/v1/requests",
  "/v1/requests/:id",
]);

/** Whether nobody has asked for it: browsers, probes and clients do by themselves. */
function isNoise({ method, route }: Pick<RequestLine, "method" | "route">): boolean {
  return method === "OPTIONS" || byThemselves.has(route) || (method === "HEAD" && route === "/");
}

/** The level that an outcome deserves. */
function levelOf(line: RequestLine): "error" | "warn" | "info" | "debug" {
  const { error } = line;
  const failed = error !== undefined && error !== "aborted";
  // By the kind: the status may be another. What broke off after a 200 is none of the client's doing, but for kinds that always are.
  const kindStatus = failed ? errorStatus[error] : 200;
  if (failed && (kindStatus >= 500 || (line.status === 200 && kindStatus !== 400))) return "error";
  if (isNoise(line)) return "debug";
  return failed ? "warn" : "info";
}

/**
 * One line for a request, when its response has closed, or for a background response, and for a request one at `debug` now that
 * it begins. Never headers, bodies or queries (signed links carry their signature there).
 */
export const requestLog: RequestObserver = {
  begin(_request, { log, clientAddress, text, begunBy }) {
    if (begunBy === undefined) log.debug({ event: "open", clientAddress }, `${text} begins`);
  },
  end({ request, facts, ending }) {
    const line = toRequestLine(request, facts, ending);
    const text = ending.event === "background" ? `background response ${ending.outcome}` : facts.text;
    facts.log[levelOf(line)](line, text);
  },
};
