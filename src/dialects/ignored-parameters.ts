/** Values with which a parameter asks for nothing. */
function isNeutral(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/**
 * The fields of a body that were accepted without effect: all that are not `understood` and ask for something.
 * Fit for a header: odd names are escaped, and there is an end to it.
 */
export function findIgnored(
  body: Readonly<Record<string, unknown>>,
  understood: ReadonlySet<string>,
): string[] {
  return (
    Object.entries(body)
      .filter(([name, value]) => !understood.has(name) && !isNeutral(value))
      // Half a surrogate pair has no bytes, and so no escape.
      .map(([name]) => encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\uFFFD")).slice(0, 80))
      .slice(0, 50)
  );
}
