import type { AnswerFacts } from "./answer-facts.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Aborted with a `GatewayError` when a shutdown's time is up. */
    readonly shutdownSignal: AbortSignal;
    /** `Shutdown.announced`: proxies that ask for its health should send requests elsewhere. */
    readonly isAboutToStop: () => boolean;
    /** `Shutdown.atDeadline`: the same for each of many requests, of which a signal would keep too much. */
    readonly atDeadline: (end: () => void) => () => void;
    /** `Shutdown.whenLeaving`: for answers that have no end. */
    readonly whenLeaving: (end: () => void) => () => void;
  }
  interface FastifyRequest {
    /** What the log line of this request tells; routes and `sendEvents` fill it in. */
    facts: AnswerFacts;
  }
  interface FastifyContextConfig {
    /** True: no bearer token is asked for, because the URL carries its own proof (signed links). */
    readonly public?: boolean;
    /** True: it is for an answer of a model. The ledger has such requests, and not those that list, look up, poll or count. */
    readonly asksModel?: boolean;
    /**
     * The custom methods of a route whose paths end by one (`:generateContent`), and whether each is for an answer of a model: instead of
     * `asksModel`. Each is a route of its own to the log and all that counts: `/v1beta/models/*:generateContent`.
     */
    readonly customMethods?: Readonly<Record<string, { readonly asksModel: boolean }>>;
    /** The wire format of the route, by its folder in `dialects/`; for the log. */
    readonly dialect?: string;
  }
}
