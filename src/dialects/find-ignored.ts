/** Whether a parameter asks for nothing with this value. */
export function asksForNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

const mostNames = 50;
const longestName = 80;

/**
 * The fields of an object that were accepted without effect: all that are not `understood` and ask for something, each
 * behind `place`. Fit for a header: odd names are escaped, and there is an end to it.
 */
export function findIgnored(
  body: Readonly<Record<string, unknown>>,
  understood: ReadonlySet<string>,
  place = "",
): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (names.length === mostNames) break;
    if (understood.has(name) || asksForNothing(value)) continue;
    // Half a surrogate pair has no bytes, and so no escape.
    const beginning = name.slice(0, longestName).replace(/\p{Surrogate}/gu, "\uFFFD");
    names.push(place + encodeURIComponent(beginning).slice(0, longestName));
  }
  return names;
}

/** As `findIgnored`, of many objects: each name once. Entries that are no objects are read over. */
export function findIgnoredInAll(
  entries: Iterable<unknown>,
  find: (entry: Readonly<Record<string, unknown>>) => readonly string[],
): string[] {
  const names = new Set<string>();
  for (const entry of entries) {
    if (names.size >= mostNames) break;
    if (isRecord(entry)) for (const name of find(entry)) names.add(name);
  }
  return [...names].slice(0, mostNames);
}

/** Whether a value of a client's body is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
