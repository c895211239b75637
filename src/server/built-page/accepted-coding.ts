/**
 * The first of the codings that an `Accept-Encoding` header allows, in the order of `offered`; `identity` where none is.
 * Source: RFC 9110, section 12.5.3
 */
export function findCoding(accept: string | undefined, offered: Iterable<string>): string {
  const weights = new Map(
    (accept ?? "").split(",").map((entry) => {
      const [name = "", ...parameters] = entry.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((part) => part.startsWith("q="))?.slice(2);
      return [name, quality === undefined ? 1 : Number(quality)] as const;
    }),
  );
  for (const coding of offered) {
    if ((weights.get(coding) ?? weights.get("*") ?? 0) > 0) return coding;
  }
  return "identity";
}
