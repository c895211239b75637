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

function nameOf(names: Map<number, string>, number: number, write: (number: number) => string): string {
  const name = names.get(number) ?? write(number);
  names.set(number, name);
  return name;
}

/** Names days and hours by their numbers since the epoch, each once, since many rows share them. */
export function createTimeNames(): { day(number: number): string; hour(number: number): string } {
  const [days, hours] = [new Map<number, string>(), new Map<number, string>()];
  return {
    day: (number) => nameOf(days, number, () => nameDay(number * dayMs)),
    hour: (number) => nameOf(hours, number, () => nameHour(number * hourMs)),
  };
}
