/** Values with which a parameter asks for nothing. */
function isNeutral(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

const mostNames = 50;
const longestName = 80;

/**
 * The fields of a body that were accepted without effect: all that are not `understood` and ask for something.
 * Fit for a header: odd names are escaped, and there is an end to it.
 */
export function findIgnored(
  body: Readonly<Record<string, unknown>>,
  understood: ReadonlySet<string>,
): string[] {
  const names: string[] = [];
  for (const [name, value] of Object.entries(body)) {
    if (names.length === mostNames) break;
    if (understood.has(name) || isNeutral(value)) continue;
    // Half a surrogate pair has no bytes, and so no escape.
    const beginning = name.slice(0, longestName).replace(/\p{Surrogate}/gu, "\uFFFD");
    names.push(encodeURIComponent(beginning).slice(0, longestName));
  }
  return names;
}
