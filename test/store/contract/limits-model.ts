import * as fc from "fast-check";
import { expect, test } from "vitest";

import { endOfPeriod, startOfPeriod } from "../../../src/access/period-bounds.ts";
import type { Limit, Refusal, Reservation } from "../../../src/access/limits.ts";
import { createClock, limitOf, type OpenedEngine, type OpenEngine, requestFor } from "./engine.ts";

/** One thing that was taken of a limit. */
interface Taken {
  readonly limit: Limit;
  readonly reservedAt: number;
  readonly reserved: number;
  settled: { readonly at: number; readonly spent: number } | undefined;
}

/**
 * What is used and held, by adding up all that ever happened: slow, and plain enough to be seen to be right.
 */
class Reference {
  readonly #taken: Taken[] = [];

  take({ takes }: Reservation, at: number): readonly Taken[] {
    const taken = takes.map(({ limit, amount }) => ({
      limit,
      reservedAt: at,
      reserved: amount,
      settled: undefined,
    }));
    this.#taken.push(...taken);
    return taken;
  }

  held(limit: Limit): number {
    if (limit.kind === "rate") return 0;
    return sum(this.#of(limit).map(({ reserved, settled }) => (settled === undefined ? reserved : 0)));
  }

  used(limit: Limit, at: number): number {
    if (limit.kind === "concurrency") return 0;
    if (limit.kind === "rate") {
      const length = limit.period === "day" ? 86_400_000 : 60_000;
      const window = Math.floor(at / length);
      const in_ = (wanted: number) =>
        sum(
          this.#of(limit).map(({ reservedAt, reserved, settled }) =>
            Math.floor(reservedAt / length) === wanted ? (settled?.spent ?? reserved) : 0,
          ),
        );
      return in_(window) + Math.ceil((in_(window - 1) * (length - (at % length))) / length);
    }
    const period = periodOf(limit);
    return sum(
      this.#of(limit).map(({ settled }) =>
        settled !== undefined && startOfPeriod(period, settled.at) === startOfPeriod(period, at)
          ? settled.spent
          : 0,
      ),
    );
  }

  fits(limit: Limit, amount: number, at: number): boolean {
    return this.used(limit, at) + this.held(limit) + amount <= limit.cap;
  }

  #of(limit: Limit): readonly Taken[] {
    return this.#taken.filter((taken) => taken.limit.id === limit.id);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function periodOf({ period }: Limit) {
  return period === undefined || period === "minute" ? "total" : period;
}

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("reserve" as const), amounts: amountsOf(8) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("settle" as const),
        // Which of those that there ever were: also refused and settled ones.
        which: fc.nat(40),
        spent: fc.nat(60),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant("wait" as const),
        ms: fc.oneof(
          fc.nat(20_000),
          fc.nat(90_000),
          fc.constantFrom(60_000, 3_600_000, 86_400_000, 700_000_000),
        ),
      }),
    },
  ),
  { maxLength: 40 },
);

/** For each of so many limits how much is wanted of it; `undefined`: the request does not have that limit. */
function amountsOf(count: number) {
  return fc.array(fc.option(fc.nat(40), { nil: undefined, freq: 2 }), { minLength: count, maxLength: count });
}

function someLimits(): readonly Limit[] {
  return [
    limitOf("rate", 5, { unit: "requests" }),
    limitOf("rate", 100),
    limitOf("rate", 300, { period: "day" }),
    limitOf("concurrency", 60),
    limitOf("budget", 150, { period: "hour" }),
    limitOf("budget", 200, { period: "week", unit: "nano-usd" }),
    limitOf("budget", 250, { period: "month", unit: "requests" }),
    limitOf("budget", 900, { period: "total", unit: "nano-usd" }),
  ];
}

/** What `refusal` says is true by the reference. */
function judge(reference: Reference, request: Reservation, refusal: Refusal, at: number): void {
  if (refusal.kind !== "limit") throw new Error("nothing was revoked");
  const { limit, until, used, retryAfterMs } = refusal;
  const amount = request.takes.find((take) => take.limit.id === limit.id)?.amount ?? 0;
  expect(reference.fits(limit, amount, at)).toBe(false);
  expect(used).toBe(reference.used(limit, at) + reference.held(limit));
  const alone = (time: number) => reference.used(limit, time) + amount <= limit.cap;
  if (until === "time") {
    const opensAt = at + (retryAfterMs ?? Number.NaN);
    expect([alone(opensAt - 1), alone(opensAt)]).toEqual([false, true]);
    if (limit.kind === "budget") expect(opensAt).toBe(endOfPeriod(periodOf(limit), at));
  } else {
    expect(retryAfterMs).toBeUndefined();
    // Time alone opens the one at once, and the other never.
    expect([alone(at), alone(at + 4e12)]).toEqual(until === "settled" ? [true, true] : [false, false]);
  }
}

/** Any steps leave an engine as adding up would have it. `runs`: of so many random sequences. */
export function limitsModelContract(open: OpenEngine, runs: number): void {
  test("whatever is reserved, settled and waited, counters are what adding up says", async () => {
    const clock = createClock();
    const begin = clock.time;
    await using engine: OpenedEngine = await open(clock.now);
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        clock.time = begin;
        const limits = someLimits();
        const reference = new Reference();
        const requests: { readonly id: string; open: readonly Taken[] }[] = [];
        for (const step of sequence) {
          if (step.do === "wait") clock.time += step.ms;
          else if (step.do === "settle") {
            const request = requests[step.which];
            if (request === undefined) continue;
            const spent = { tokens: step.spent, nanoUsd: 2 * step.spent };
            engine.limits.settle(request.id, spent);
            await engine.limits.flush();
            for (const taken of request.open)
              taken.settled = { at: clock.time, spent: spentOf(taken, spent) };
            request.open = [];
          } else {
            const wanted = limits.flatMap((limit, index) => {
              const amount = step.amounts[index];
              if (amount === undefined) return [];
              return [[limit, limit.unit === "requests" && limit.kind === "rate" ? 1 : amount] as const];
            });
            const request = requestFor(wanted);
            const fits = wanted.every(([limit, amount]) => reference.fits(limit, amount, clock.time));
            const refusal = await engine.limits.reserve(request);
            expect(refusal === undefined).toBe(fits);
            if (refusal !== undefined) judge(reference, request, refusal, clock.time);
            requests.push({ id: request.id, open: fits ? reference.take(request, clock.time) : [] });
          }
          for (const { limit, used, held } of await engine.limits.look(limits)) {
            expect([limit.id, used, held]).toEqual([
              limit.id,
              reference.used(limit, clock.time),
              reference.held(limit),
            ]);
          }
        }
      }),
      { numRuns: runs },
    );
  });
}

function spentOf({ limit, reserved }: Taken, spent: { readonly tokens: number; readonly nanoUsd: number }) {
  if (limit.unit === "requests") return reserved;
  return limit.unit === "tokens" ? spent.tokens : spent.nanoUsd;
}
