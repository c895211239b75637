/** Makes the value of a metric's label of what is known of a request: `none` where there is nothing. */
export type BoundLabel = (value: string | undefined) => string;

/** Each value of a label is a series, here and in the database that scrapes: more than these are nobody's overview. */
const mostValues = 100;
const other = "other";

/**
 * Creates a label with at most `most` values; those beyond, and those that `isKnown` does not know, are `other`. So nothing that
 * clients write becomes a label.
 */
export function createBoundLabel(
  isKnown: (value: string) => boolean = () => true,
  most = mostValues,
): BoundLabel {
  const seen = new Set<string>();
  return (value) => {
    if (value === undefined) return "none";
    if (seen.has(value)) return value;
    if (seen.size >= most || !isKnown(value)) return other;
    seen.add(value);
    return value;
  };
}
