import { type ErrorKind, shorten } from "../errors.ts";
import type { Attempt } from "../model/attempt.ts";
import type { FinishReason, Usage } from "../model/events.ts";
import { findAgent, findSession, type HeaderFields } from "./find-session.ts";
import type { LedgerRow, Outcome } from "./ledger-row.ts";

/** What is known of a request when it is over. `undefined` is the same as absent. */
export interface LedgerFacts {
  readonly id: string;
  /** When it came, ms since the epoch. */
  readonly at: number;
  /** `POST /v1/messages` */
  readonly route: string;
  readonly dialect?: string | undefined;
  /** The id of the key that asked; of the operator's own none. */
  readonly key?: string | undefined;
  /** Of the request: its session, client and agent are read there. */
  readonly headers: HeaderFields;
  /** The body as parsed, or anything else. Its `model` is what was asked for. */
  readonly body: unknown;
  readonly model?: string | undefined;
  readonly upstream?: string | undefined;
  readonly attempts: readonly Attempt[];
  readonly status?: number | undefined;
  /** The client left before the answer was complete. */
  readonly clientLeft?: boolean | undefined;
  /** A key or a limit of the gateway stood in its way. */
  readonly refused?: boolean | undefined;
  readonly finish?: FinishReason["kind"] | undefined;
  readonly error?: ErrorKind | undefined;
  readonly stream?: boolean | undefined;
  readonly usage?: Usage | undefined;
  /** Billionths of a US dollar. */
  readonly nanoUsd?: number | undefined;
  readonly pictures: number;
  readonly repairs: number;
  readonly retries: number;
  readonly firstTokenMs?: number | undefined;
  readonly ms: number;
  readonly traced?: boolean | undefined;
}

const longestClient = 100;
const longestName = 200;
/** More tries than any setting allows. */
const mostAttempts = 50;

/** A name that somebody sent, without what no terminal and no table shows; `undefined` where nothing is left. */
function toName(value: unknown, longest: number): string | undefined {
  if (typeof value !== "string") return undefined;
  // Nearly all are, and the pattern of all the others is dear.
  const isPlain = /^[\x20-\x7e]*$/.test(value);
  const name = (isPlain ? value : value.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")).trim();
  return name === "" ? undefined : shorten(name, longest);
}

/** A `user-agent` as it is noted: shortened, and without what no terminal and no table shows. */
export function toClientName(userAgent: unknown): string | undefined {
  return toName(userAgent, longestClient);
}

function requestedModel(body: unknown): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, "model") : undefined;
}

/** Kinds by which the gateway itself refuses who asks; when an upstream does so to the gateway, it has been asked. */
const refusals: ReadonlySet<ErrorKind | undefined> = new Set(["unauthenticated", "forbidden"]);

/**
 * How a request ended, in a word:
 * - `failed`: it has an error, also one after a 200; or a status of 400 and more,
 * - `refused`: the same before any upstream was asked, because of its key, or of a limit or budget of it,
 * - `left`: the client left before the answer was complete, and nothing else was wrong,
 * - `answered`: all else.
 */
export function toOutcome(
  facts: Pick<LedgerFacts, "attempts" | "upstream" | "status" | "clientLeft" | "refused" | "error">,
): Outcome {
  const { error, status = 200 } = facts;
  const asked = facts.attempts.length > 0 || facts.upstream !== undefined;
  if (!asked && (facts.refused === true || refusals.has(error))) return "refused";
  if (error === "aborted" || (error === undefined && facts.clientLeft === true)) return "left";
  return error !== undefined || status >= 400 ? "failed" : "answered";
}

function toWhole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

/** Makes the row of a request: one literal, since it is made for each. Nothing of its texts is in it, and of its headers and body only what is named here. */
export function toLedgerRow(facts: LedgerFacts): LedgerRow {
  const { upstream, attempts } = facts;
  const asked = attempts.length > 0 || upstream !== undefined;
  // What was only counted, for a client that wanted to know, was not spent.
  const usage = asked ? facts.usage : undefined;
  return {
    id: facts.id,
    at: facts.at,
    outcome: toOutcome(facts),
    key: facts.key,
    dialect: facts.dialect,
    route: shorten(facts.route, longestName),
    requestedModel: toName(requestedModel(facts.body), longestName),
    // Before anybody was asked it may be anything that a client wrote.
    model: asked ? facts.model : undefined,
    upstream,
    attempts: attempts.length > mostAttempts ? attempts.slice(0, mostAttempts) : attempts,
    status: facts.status,
    finish: facts.finish,
    error: facts.error,
    stream: facts.stream,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    reasoningTokens: usage?.reasoningTokens,
    estimated: usage?.estimated,
    nanoUsd: facts.nanoUsd,
    pictures: facts.pictures === 0 ? undefined : facts.pictures,
    repairs: asked ? facts.repairs : undefined,
    retries: asked ? facts.retries : undefined,
    firstTokenMs: toWhole(facts.firstTokenMs),
    ms: Math.round(facts.ms),
    client: toClientName(facts.headers["user-agent"]),
    session: findSession(facts.headers, facts.body),
    agent: findAgent(facts.headers),
    traced: facts.traced === true ? true : undefined,
  };
}
