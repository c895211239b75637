import type { Limit, Reservation, Take } from "../../access/limits.ts";

const kinds = { rate: 0, budget: 1, concurrency: 2 };
const units = { requests: 0, tokens: 1, "nano-usd": 2 };

/** Reservations as the function `reserve` takes them. */
export interface EncodedReservations {
  /** Its parameters, from `p_ids` on. */
  readonly values: readonly unknown[];
  /** All takes, in the order of the reservations. */
  readonly takes: readonly Take[];
}

/** A number as a bigint takes it. One that was none would fail all that it is told together with. */
export function toWhole(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(value)));
}

/** Flattens reservations to lists, in which each limit stands once. */
export function encodeReservations(reservations: readonly Reservation[]): EncodedReservations {
  const limits = new Map<string, Limit>();
  for (const { takes } of reservations) for (const { limit } of takes) limits.set(limit.id, limit);
  // The order in which they are locked is not this one, but any that is always the same.
  const sorted = [...limits.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  const places = new Map(sorted.map(({ id }, index) => [id, index + 1]));
  const takes = reservations.flatMap((reservation) => reservation.takes);
  const values = [
    reservations.map(({ id }) => id),
    reservations.flatMap(({ keys }, index) => keys.map(() => index + 1)),
    reservations.flatMap(({ keys }) => keys),
    sorted.map(({ id }) => id),
    sorted.map(({ kind }) => kinds[kind]),
    sorted.map(({ unit }) => units[unit]),
    sorted.map(({ period }) => period ?? ""),
    reservations.flatMap((reservation, index) => reservation.takes.map(() => index + 1)),
    takes.map(({ limit }) => places.get(limit.id)),
    takes.map(({ amount }) => toWhole(amount)),
    takes.map(({ limit }) => toWhole(limit.cap)),
  ];
  return { values, takes };
}
