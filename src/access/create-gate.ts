import { GatewayError, shorten } from "../errors.ts";
import type { CallGate, CallOffer } from "../model/call-gate.ts";
import { costOf } from "../model/cost-of.ts";
import type { Mutable } from "../model/mutable.ts";
import { checkDialect, checkModel, keysOf, type Caller } from "./caller.ts";
import { limitsOf } from "./limits-of.ts";
import type { Limit, Limits, Spent, Take } from "./limits.ts";
import { toRefusalError } from "./refuse.ts";
import type { TypicalAnswers } from "./typical-answers.ts";

/** Who asks by a key. */
export type KeyCaller = Caller & { readonly kind: "key" };

/** What a gate needs. */
export interface GateOptions {
  /**
   * Who asks, as the key is now: it may have ended or changed since the request began to come in. Rejects with kind `unauthenticated`
   * for one that has ended.
   */
  readonly caller: () => Promise<KeyCaller>;
  readonly limits: Pick<Limits, "reserve" | "settle">;
  readonly typical: Pick<TypicalAnswers, "guess">;
  /** Of the request, as it is when an answer is asked for. */
  readonly dialect: () => string | undefined;
  /** Unique for all time. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** What was kept of the limits of tokens and money for the answers of a request: for its prompts, and for what might be written. */
export interface ReservedTokens {
  readonly input: number;
  readonly output: number;
}

/** The gate of one request. */
export interface RequestGate extends CallGate {
  /** What is reserved so far. `undefined`: no limit of tokens or money binds it, so nothing was counted. */
  readonly reserved: ReservedTokens | undefined;
  /** The request is over, and has cost so much, all its answers together. Called once. */
  settle(spent: Spent): void;
}

/**
 * Creates the gate of a request by a key: it looks whether the key may use the model, and takes what the answer may cost from all limits that
 * bind it, in one step. A request with several answers (`n`, a summary before the answer) is one request with several reservations.
 */
export function createGate({ caller, limits, typical, dialect, newId, now }: GateOptions): RequestGate {
  const reservations: string[] = [];
  let over = false;
  /** The request's first answer, which counts as the request. */
  let first: Promise<void> | undefined;

  async function countFor(offer: CallOffer, binding: readonly Limit[]): Promise<ReservedTokens | undefined> {
    if (binding.every(({ unit }) => unit === "requests")) return undefined;
    return { input: await offer.countPrompt(), output: boundAnswer(offer, typical) };
  }

  async function take(offer: CallOffer, isFirst: boolean): Promise<void> {
    const asking = await caller();
    checkDialect(asking, dialect());
    checkModel(asking, offer.model);
    const keys = keysOf(asking);
    const binding = limitsOf(keys);
    if (binding.length === 0) return;
    const counted = await countFor(offer, binding);
    const takes = takesFor(offer, binding, counted ?? noTokens, isFirst);
    const id = newId();
    const refusal = await limits.reserve({ id, keys: keys.map((key) => key.id), takes });
    if (refusal !== undefined) throw toRefusalError(refusal, keys, now());
    if (!over) {
      reservations.push(id);
      if (counted !== undefined)
        gate.reserved = {
          input: (gate.reserved?.input ?? 0) + counted.input,
          output: (gate.reserved?.output ?? 0) + counted.output,
        };
      return;
    }
    // The client left while it was decided.
    limits.settle(id, nothing);
    throw new GatewayError("aborted", "The client left.");
  }

  const gate: Mutable<RequestGate> = {
    reserved: undefined,
    async enter(offer) {
      if (first === undefined) {
        first = take(offer, true);
        await first;
        return;
      }
      // Answers that are asked for at once are one request all the same, and none passes without it.
      await first;
      await take(offer, false);
    },
    settle(spent) {
      over = true;
      for (const [index, id] of reservations.entries()) limits.settle(id, index === 0 ? spent : nothing);
    },
  };
  return gate;
}

function takesFor(
  offer: CallOffer,
  binding: readonly Limit[],
  { input, output }: ReservedTokens,
  isFirst: boolean,
): readonly Take[] {
  return binding.flatMap((limit) => {
    const amount = {
      requests: () => (isFirst ? 1 : 0),
      tokens: () => input + output,
      "nano-usd": () => mostOf(offer, { inputTokens: input, outputTokens: output }),
    }[limit.unit]();
    return amount === 0 && limit.unit === "requests" ? [] : [{ limit, amount }];
  });
}

const noTokens: ReservedTokens = { input: 0, output: 0 };
const nothing: Spent = { tokens: 0, nanoUsd: 0 };

/** Tokens to keep for an answer: what its client allows, or what is usual, but never more than the model gives. */
function boundAnswer({ model, maxOutputTokens }: CallOffer, typical: Pick<TypicalAnswers, "guess">): number {
  return Math.min(maxOutputTokens ?? typical.guess(model.id), model.maxOutputTokens ?? Infinity);
}

/** What an answer may cost at the dearest of those who may give it. */
function mostOf(
  { model }: CallOffer,
  counted: { readonly inputTokens: number; readonly outputTokens: number },
): number {
  const costs = model.legs.map((leg) => costOf(leg.model.price, counted));
  const known = costs.filter((cost) => cost !== undefined);
  // Where nobody knows who will answer, nobody knows what it costs.
  if (known.length === costs.length && known.length > 0) return Math.max(...known);
  const unknown = model.legs.find((_leg, index) => costs[index] === undefined);
  const where = unknown === undefined ? "" : ` at ${unknown.upstream}`;
  throw new GatewayError(
    "forbidden",
    `A budget in US dollars binds this key, and what \`${shorten(unknown?.model.id ?? model.id)}\` costs${where} is not known. ` +
      "The operator can say it in gateway.yaml (`price` of the model).",
    { param: "model", shouldRetry: false },
  );
}
