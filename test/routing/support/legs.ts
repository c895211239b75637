import { GatewayError } from "../../../src/errors.ts";
import type { EventBatch } from "../../../src/model/events.ts";
import type { Health } from "../../../src/routing/health.ts";
import type { Leg } from "../../../src/model/leg.ts";
import type { ModelInfo } from "../../../src/model/model-info.ts";
import {
  type AttemptContext,
  attemptLegs,
  type AttemptOptions,
  progressOfBatch,
} from "../../../src/routing/run-attempts.ts";
import { iterate } from "../../../src/stream/iterate.ts";
import { textEvents } from "../../support/shape.ts";

/** A leg. */
export function leg(upstream: string, id: string, facts: Partial<ModelInfo> = {}): Leg {
  return { upstream, model: { id, kind: "chat", ...facts } };
}

/** A clock that stands still until it is told otherwise. */
export function createClock(start = 1_800_000_000_000) {
  let time = start;
  return {
    now: () => time,
    advance(ms: number) {
      time += ms;
    },
  };
}

/** A whole answer in two batches, which says who gave it. */
export function answerOf(name: string): readonly EventBatch[] {
  const events = textEvents([name, "!"]);
  return [events.slice(0, 3), events.slice(3)];
}

/** What an upstream gives that fails behind these batches. */
export async function* failing(
  error: unknown,
  batches: readonly EventBatch[] = [],
): AsyncGenerator<EventBatch, void, undefined> {
  yield* batches;
  throw error;
}

/** What tries are made with, each leg's answer as an iteration. */
export type IteratedOptions = Omit<AttemptOptions, "ask"> & {
  readonly ask: (leg: Leg, options: AttemptContext) => Promise<AsyncIterable<EventBatch>>;
};

/** `attemptLegs` as an iteration. `leave` is called when it is left before its end. */
export function runAttempts(
  { ask, ...options }: IteratedOptions,
  leave = () => {},
): AsyncGenerator<EventBatch, void, undefined> {
  return iterate(
    (sink) =>
      attemptLegs(
        {
          ...options,
          progressOf: progressOfBatch,
          async ask(one, context, give) {
            for await (const batch of await ask(one, context)) await give(batch);
          },
        },
        sink,
      ),
    leave,
  );
}

/** The text of batches. */
export function textOf(batches: readonly EventBatch[]): string {
  return batches
    .flat()
    .map((event) => (event.type === "block-delta" ? event.text : ""))
    .join("");
}

/** What came of an iteration. */
export interface Outcome {
  readonly batches: readonly EventBatch[];
  readonly error: unknown;
}

/** Reads to the end or the failure. */
export async function readAll(source: AsyncIterable<EventBatch>): Promise<Outcome> {
  const batches: EventBatch[] = [];
  try {
    for await (const batch of source) batches.push(batch);
    return { batches, error: undefined };
  } catch (error) {
    return { batches, error };
  }
}

/** How the legs of a table are. */
export const states = {
  well: () => undefined,
  due: (health, one) => rest(health, one, 0, true),
  "on trial": (health, one) => {
    rest(health, one, 0, true);
    health.enter(one);
  },
  "resting by our guess": (health, one) => rest(health, one, 300_000, false),
  "resting as it was told": (health, one) => rest(health, one, 300_000, true),
} as const satisfies Record<string, (health: Health, one: Leg) => void>;

function rest(health: Health, one: Leg, forMs: number, told: boolean): void {
  const error = new GatewayError("rate-limited", "Not now.");
  health.enter(one).fail(error, { kind: "rest", place: "model", forMs, told });
}
