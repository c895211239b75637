import type { FastifyBaseLogger, FastifyRequest } from "fastify";

import { anybody, type Caller } from "../access/caller.ts";
import type { RequestGate } from "../access/create-gate.ts";
import type { TraceRecorder } from "../traces/create-recorder.ts";
import type { Spellings } from "../dialects/dialect.ts";
import { toGatewayError, type ErrorKind } from "../errors.ts";
import { addUsage } from "../model/add-usage.ts";
import { type Attempt, encodeAttemptName, encodeAttempts } from "../model/attempt.ts";
import type { CallOffer, OfferedModel } from "../model/call-gate.ts";
import type { CallWatch, RepairReason, Waiting } from "../model/call-watch.ts";
import { costOf } from "../model/cost-of.ts";
import type { ChatEvent, FinishReason, Usage } from "../model/events.ts";
import type { MissingPicture } from "../model/picture.ts";
import { type Parameter, usualParameters } from "../model/request.ts";
import { customMethodOf } from "./custom-method.ts";
import type { HeadCause } from "./event-sink.ts";
import { encodeIgnored, findIgnoredNames } from "./ignored-names.ts";

const longestPath = 200;
/** Kinds by which a gate refuses. By others it could not decide: the store is away, the client left. */
const gateRefusals: ReadonlySet<ErrorKind> = new Set([
  "unauthenticated",
  "forbidden",
  "rate-limited",
  "budget-exhausted",
]);

/**
 * All that is known of one request and its answer: what its line in the log is made of. Never holds text of prompt or answer.
 * One for each request, and one for each background response, which goes on after the request that began it.
 */
export class AnswerFacts implements CallWatch {
  /** Of the request, also in all lines of its log. */
  readonly id: string;
  readonly log: FastifyBaseLogger;
  /** `performance.now()` at the beginning. */
  readonly begun = performance.now();
  /** As the connection says it, or a trusted proxy: while it is open, later it can't be asked any more. */
  clientAddress: string | undefined;
  readonly method: string;
  /** The pattern of the route, with its custom method, or the path where there is none. Never the query: links carry their signature there. */
  readonly route: string;
  /** It is for an answer of a model. That of the route, unless the body wants none. */
  asksModel: boolean;
  /** That of the route, or of a body in another one. */
  dialect: string | undefined;
  model: string | undefined;
  upstream: string | undefined;
  stream: boolean | undefined;
  finish: FinishReason["kind"] | undefined;
  usage: Usage | undefined;
  pictures = 0;
  /** Names of parameters that have no effect, unless the upstream takes those of `spellings`. */
  ignored: readonly string[] = [];
  spellings: Spellings = {};
  /** By leg, in the order in which they were asked: the parameters that reach its model. */
  readonly #taken = new Map<string, () => readonly Parameter[]>();
  /** Who asks. Until that is known, and where nobody wants to know: anybody. */
  caller: Caller = anybody;
  /** What lets the request pass. `undefined`: nothing is in its way. */
  gate: RequestGate | undefined;
  /** Its key, or a limit of it, stood in its way. */
  refused = false;
  /** Where somebody wants to see all of it. */
  trace: TraceRecorder | undefined;
  /** Gives back the operator's wish for a trace of the next request; set where this one has taken it. */
  giveBackWish: (() => void) | undefined;
  #offered: OfferedModel | undefined;
  /** The id of a background response that the request began. */
  response: string | undefined;
  /** Of a background response: the request that began it. */
  begunBy: AnswerFacts | undefined;
  /** The tries at upstreams, in order. */
  readonly attempts: Attempt[] = [];
  /** What the upstream that was asked last calls the request. */
  upstreamRequestId: string | undefined;
  /** Why the model was asked once more, each time. */
  readonly repairs: RepairReason[] = [];
  /** What was asked once more without a word to anybody, each time: where, and after which failure. */
  readonly retries: { readonly upstream: string | undefined; readonly failure: string }[] = [];
  /** When the first piece of text, thought or call, or the first picture was there to be sent; ms since `begun`. */
  firstTokenMs: number | undefined;
  /** Why it failed, also after a 200 had been sent. */
  error: ErrorKind | undefined;
  /** The failure itself; only its name, message and causes are logged. */
  cause: unknown;
  /** Those of them that others tell. */
  lateHeaders: (() => Readonly<Record<string, string>>) | undefined;

  /** Set by whoever wants to follow the tries at upstreams. */
  startAttempt: CallWatch["startAttempt"];

  waiting: Waiting = "gateway";
  /** Grows with everything that comes or changes. */
  moves = 0;

  constructor({ id, log, method, routeOptions, url }: FastifyRequest) {
    const { url: route, config } = routeOptions;
    this.id = id;
    this.log = log;
    this.method = method;
    this.route = route ?? (url.split("?", 1)[0] ?? "").slice(0, longestPath);
    this.asksModel = config.asksModel === true;
    const { customMethods = {} } = config;
    const called = config.customMethods && customMethodOf(url);
    const custom =
      called !== undefined && Object.hasOwn(customMethods, called) ? customMethods[called] : undefined;
    if (custom !== undefined) {
      this.route += `:${called}`;
      this.asksModel = custom.asksModel;
    }
    this.dialect = config.dialect;
  }

  /** Its body turned out to want no answer of a model: it is none of those that the ledger has and the operator waits for. */
  wantsNoAnswer(): void {
    this.asksModel = false;
    this.giveBackWish?.();
  }

  /** What it is, in a few words: `POST /v1/messages`. */
  get text(): string {
    return `${this.method} ${this.route}`;
  }

  /** Names of parameters that had no effect at those who answered; while nobody has, at whom is asked. */
  get ignoredNow(): readonly string[] {
    if (this.ignored.length === 0 && Object.keys(this.spellings).length === 0) return this.ignored;
    const answered = this.attempts.flatMap((attempt) =>
      attempt.outcome === "answered" ? (this.#taken.get(`${attempt.upstream}/${attempt.model}`) ?? []) : [],
    );
    const asked = answered.length > 0 ? answered : [...this.#taken.values()].slice(-1);
    const taken = asked.map((find) => find());
    if (taken.length === 0) taken.push(usualParameters);
    return findIgnoredNames(this.ignored, this.spellings, (parameter) =>
      taken.every((parameters) => parameters.includes(parameter)),
    );
  }

  /**
   * Headers of the answer that are known only when its head goes out. One that goes out before anybody has answered (`held`) names no upstream: who failed
   * until then is not who will have answered.
   */
  headersFor(head: HeadCause): Readonly<Record<string, string>> {
    const { attempts, upstreamRequestId } = this;
    const last = attempts.at(-1);
    const known = { ...this.lateHeaders?.(), ...encodeIgnored(this.ignoredNow) };
    if (head === "held" && last?.outcome !== "answered") return known;
    return {
      ...known,
      ...(last === undefined ? {} : { "x-upstream": encodeAttemptName(last) }),
      ...(attempts.length < 2 ? {} : { "x-upstream-attempts": encodeAttempts(attempts) }),
      ...(upstreamRequestId === undefined ? {} : { "x-upstream-request-id": upstreamRequestId }),
    };
  }

  resolve(model: OfferedModel): void {
    this.model = model.id;
    this.#offered = model;
  }

  admit(offer: CallOffer): Promise<void> | undefined {
    const { gate } = this;
    if (gate === undefined) return undefined;
    return gate.enter(offer).catch((error: unknown) => {
      this.refused ||= gateRefusals.has(toGatewayError(error).kind);
      throw error;
    });
  }

  /**
   * What it has cost so far, in billionths of a US dollar; where several upstreams gave answers (`n`), at the price of the dearest, since the counts
   * are of all of them. `undefined`: a price is not known.
   */
  get nanoUsd(): number | undefined {
    const { usage, attempts } = this;
    if (usage === undefined) return undefined;
    const answered = attempts.filter(({ outcome }) => outcome === "answered");
    const paid = answered.length > 0 ? answered : attempts.slice(-1);
    const costs = paid.map(({ upstream, model }) => {
      const leg = this.#offered?.legs.find((one) => one.upstream === upstream && one.model.id === model);
      return costOf(leg?.model.price, usage);
    });
    const known = costs.filter((cost) => cost !== undefined);
    return known.length < costs.length || known.length === 0 ? undefined : Math.max(...known);
  }

  ask(upstream: string): void {
    this.upstream = upstream;
    this.waitFor("upstream-first-byte");
  }

  attempt(attempt: Attempt): void {
    this.attempts.push(attempt);
  }

  tellParameters(leg: string, taken: () => readonly Parameter[]): void {
    // What was asked last stands last.
    this.#taken.delete(leg);
    this.#taken.set(leg, taken);
  }

  ignore(parameters: readonly string[]): void {
    this.ignored = [...new Set([...(this.ignored ?? []), ...parameters])];
  }

  tellId(id: string): void {
    this.upstreamRequestId = id;
  }

  retry(failure: string): void {
    const retries = this.retries.push({ upstream: this.upstream, failure });
    this.log.debug({ event: "retry", failure, retries }, "asking the upstream once more");
  }

  repair(reason: RepairReason): void {
    const repairs = this.repairs.push(reason);
    // Each spends the caller's budget: an operator sees why without turning the log up.
    this.log.info({ event: "repair", model: this.model, reason, repairs }, "asking the model once more");
  }

  spend(usage: Usage): void {
    if (this.upstream === undefined) return;
    this.usage = this.usage === undefined ? usage : addUsage(this.usage, usage);
  }

  waitFor(what: Waiting): void {
    this.waiting = what;
    this.moves += 1;
  }

  move(): void {
    this.moves += 1;
    if (this.waiting === "upstream-first-byte") this.waiting = "upstream-next-byte";
  }
}

/** Notes what an event tells of the answer, or of one of several, whose usage is added up. */
export function noteEvent(facts: AnswerFacts, event: ChatEvent): void {
  if (event.type === "response-start") facts.model = event.model;
  else if (event.type === "block-start") {
    if (event.block.kind === "text" && event.block.image !== undefined) facts.pictures += 1;
    facts.firstTokenMs ??= performance.now() - facts.begun;
  } else if (event.type === "finish") {
    facts.finish = event.reason.kind;
    facts.usage = facts.usage === undefined ? event.usage : addUsage(facts.usage, event.usage);
  }
}

/** Notes that not all pictures of an answer could be drawn, though it is one. */
export function noteMissing(facts: AnswerFacts, missing: readonly MissingPicture[]): void {
  const [first] = missing;
  if (first === undefined) return;
  facts.error = toGatewayError(first.error).kind;
  facts.cause = first.error;
}
