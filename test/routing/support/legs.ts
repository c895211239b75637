import { GatewayError } from "../../../src/errors.ts";
import type { EventBatch } from "../../../src/model/events.ts";
import type { Health } from "../../../src/routing/health.ts";
import type { Leg } from "../../../src/model/leg.ts";
import type { ModelInfo } from "../../../src/model/model-info.ts";
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
