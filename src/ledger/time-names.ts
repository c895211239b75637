/** Of an hour and a day, in ms. */
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** The hour in UTC of a time (ms since the epoch): `2026-11-27T09`. */
export function nameHour(at: number): string {
  return new Date(at).toISOString().slice(0, 13);
}

/** The day in UTC of a time: `2026-11-27`. */
export function nameDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
