/** Random legs, failures and times: what docs/routing.md promises holds for all of them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { errorStatus, type ErrorKind, GatewayError, type RetryScope } from "../../src/errors.ts";
import type { EventBatch } from "../../src/model/events.ts";
import { createConversations } from "../../src/routing/conversations.ts";
import { createHealth, type Health } from "../../src/routing/health.ts";
import { type Leg, legKey } from "../../src/model/leg.ts";
import type { Resting } from "../../src/routing/place.ts";
import { RouteError } from "../../src/routing/route-error.ts";
import { attemptLegs, progressOfBatch } from "../../src/routing/run-attempts.ts";
import { answerOf, createClock, leg, textOf } from "./support/legs.ts";
import type { Sink } from "../../src/stream/source.ts";
import { judgeFailure } from "../../src/routing/verdict.ts";

/** What an upstream does when it is asked. */
type Deed =
  | { readonly kind: "answers" }
  | { readonly kind: "ends"; readonly behind: number }
  | {
      readonly kind: "fails";
      readonly behind: number;
      readonly error: ErrorKind;
      readonly waitMs: number | undefined;
      readonly scope: RetryScope | undefined;
    };

const kinds = Object.keys(errorStatus) as ErrorKind[];
const moves: readonly ErrorKind[] = ["rate-limited", "budget-exhausted", "upstream-timeout", "overloaded"];
const behind = fc.constantFrom(0, 0, 0, 1);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.constant({ kind: "answers" as const }),
  fc.record({ kind: fc.constant("ends" as const), behind }),
  fc.record({
    kind: fc.constant("fails" as const),
    behind,
    error: fc.oneof(fc.constantFrom(...moves), fc.constantFrom(...kinds)),
    waitMs: fc.option(fc.nat(60_000), { nil: undefined }),
    scope: fc.option(fc.constantFrom("same" as const, "other" as const), { nil: undefined, freq: 5 }),
  }),
);

const legs = fc.uniqueArray(
  fc
    .tuple(fc.constantFrom("u", "v", "w"), fc.constantFrom("a", "b"), fc.constantFrom(undefined, 1000, 2000))
    .map(([upstream, id, window]) =>
      leg(upstream, id, window === undefined ? {} : { contextLength: window }),
    ),
  { selector: legKey, minLength: 1, maxLength: 5 },
);

const request = fc.record({
  /** Numbers of legs, in order; the same twice, too. */
  order: fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }),
  leavesAfter: fc.option(fc.nat(3), { nil: undefined, freq: 4 }),
  abortsAtAsk: fc.option(fc.nat(3), { nil: undefined, freq: 6 }),
  conversation: fc.constantFrom("x", "y", undefined),
});

const world = fc.record({
  legs,
  deeds: fc.array(deed, { minLength: 1, maxLength: 30 }),
  steps: fc.array(fc.nat(30_000), { minLength: 1, maxLength: 10 }),
  requests: fc.array(request, { minLength: 1, maxLength: 12 }),
});

type Rest = Resting & { readonly upstream: string; readonly model: string | undefined };

test("whatever fails, in whatever order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), world, async (scheduler, given) => {
      const clock = createClock();
      const told: Rest[] = [];
      const health = createHealth({
        now: clock.now,
        onRest: (rest) => void (rest.told && told.push(rest)),
      });
      const places = createConversations({ now: clock.now });
      const trials = new Map<string, object>();
      const endRests = ({ upstream, model }: Leg): void => {
        for (const rest of told.filter((one) => one.upstream === upstream)) {
          if ((rest.model ?? model.id) === model.id) told.splice(told.indexOf(rest), 1);
        }
      };
      let asks = 0;

      /** Each entrance is looked at before it is made. */
      function watch(
        { own, asked }: { readonly own: readonly Leg[]; readonly asked: readonly Leg[] },
        hasLeft: () => boolean,
        isNarrowed: () => boolean,
        narrow: (scope: RetryScope) => void,
      ): Health {
        return {
          ...health,
          enter(one) {
            const now = clock.now();
            const key = legKey(one);
            const availability = health.availability(one);
            expect(hasLeft(), "nobody is asked for a client that left").toBe(false);
            expect(
              told.filter(
                ({ upstream, model, until }) =>
                  new Set(own.map(legKey)).size > 1 &&
                  now < until &&
                  upstream === one.upstream &&
                  (model ?? one.model.id) === one.model.id,
              ),
              "a limit is kept",
            ).toEqual([]);
            if (availability === "doubtful") {
              const left = own.filter((other) => !asked.some((tried) => legKey(tried) === legKey(other)));
              const better = left.filter((other) => /^(?:ready|due)$/.test(health.availability(other)));
              // Of those with a larger window the plan's own tests tell.
              if (!isNarrowed()) expect(better, "only when nothing else is left").toEqual([]);
            }
            const isTrial = availability === "due";
            if (isTrial) expect(trials.has(key), "one trial at a time").toBe(false);
            const visit = health.enter(one);
            const mark = {};
            if (isTrial) trials.set(key, mark);
            const done = (): void => void (trials.get(key) === mark && trials.delete(key));
            return {
              complete: () => visit.complete(),
              begin() {
                visit.begin();
                // The only one that a request had: its limit was over.
                if (availability === "shut") endRests(one);
                done();
              },
              fail(error, effect) {
                narrow(judgeFailure(error, clock.now()).scope);
                visit.fail(error, effect);
                done();
              },
              leave() {
                visit.leave();
                done();
              },
            };
          },
        };
      }

      async function* act(one: Leg, next: Deed): AsyncGenerator<EventBatch, void, undefined> {
        await scheduler.schedule(Promise.resolve(), legKey(one));
        clock.advance(given.steps[asks % given.steps.length] ?? 0);
        const batches = answerOf(legKey(one));
        if (next.kind === "answers") {
          for (const batch of batches) {
            yield batch;
            await scheduler.schedule(Promise.resolve());
          }
          return;
        }
        yield* batches.slice(0, next.behind);
        await scheduler.schedule(Promise.resolve());
        if (next.kind === "fails") {
          const { error, waitMs, scope } = next;
          throw new GatewayError(error, "It failed.", { retryAfterMs: waitMs, retry: scope });
        }
      }

      async function run({ order, leavesAfter, abortsAtAsk, conversation }: (typeof given.requests)[number]) {
        const own = order.flatMap((at) => given.legs[at % given.legs.length] ?? []);
        const unique = new Set(own.map(legKey)).size;
        const asked: Leg[] = [];
        const controller = new AbortController();
        const { signal } = controller;
        const ended = new Set<number>();
        const batches: EventBatch[] = [];
        let failure: unknown;
        let left = false;
        let narrowed = false;
        const options = {
          legs: own,
          health: watch(
            { own, asked },
            () => signal.aborted,
            () => narrowed,
            (scope) => (narrowed ||= scope === "larger-context"),
          ),
          signal,
          now: clock.now,
          conversation: conversation === undefined ? undefined : { key: conversation, places },
          progressOf: progressOfBatch,
          async ask(one: Leg, _context: unknown, give: Sink<EventBatch>) {
            const at = asked.push(one) - 1;
            if (abortsAtAsk === at) controller.abort();
            const deed = given.deeds[asks++ % given.deeds.length] ?? { kind: "answers" };
            try {
              for await (const batch of act(one, deed)) await give(batch);
            } finally {
              ended.add(at);
            }
          },
        };
        try {
          await attemptLegs(options, (batch) => {
            if (left) return undefined;
            batches.push(batch);
            left = batches.length === leavesAfter;
            if (left) controller.abort();
            return undefined;
          });
        } catch (error) {
          failure = error;
        }

        expect(asked.length).toBeLessThanOrEqual(unique + 1);
        const counts = [...new Set(asked.map(legKey))].map(
          (key) => asked.filter((one) => legKey(one) === key).length,
        );
        expect(counts.filter((count) => count > 1).length, "one leg is asked twice").toBeLessThan(2);
        expect(Math.max(0, ...counts)).toBeLessThanOrEqual(2);

        const last = asked.at(-1);
        const whole = last === undefined ? "" : `${legKey(last)}!`;
        const text = textOf(batches);
        expect(whole.startsWith(text), "nothing is mixed").toBe(true);
        if (failure === undefined && !left) {
          expect(text).toBe(whole);
          expect(batches.at(-1)?.at(-1)?.type).toBe("finish");
        }
        if (failure !== undefined) {
          expect(failure).toBeInstanceOf(GatewayError);
          expect(text).not.toBe(whole === "" ? "-" : whole);
          if (batches.length === 0) {
            expect(failure).toBeInstanceOf(RouteError);
            expect(failure).toMatchObject({ attempts: asked.map(({ upstream }) => ({ upstream })) });
          }
        }
        expect(ended.size, "every leg that was asked is left").toBe(asked.length);
      }

      const all = Promise.all(given.requests.map(run));
      await scheduler.waitFor(all);
      expect(trials.size, "no trial is left open").toBe(0);
    }),
    { numRuns: 200 },
  );
});
