/**
 * Whether an `Accept` header names HTML, and JSON not as much: browsers do. What programs send (nothing, anything,
 * JSON) doesn't. Source: RFC 9110, section 12.5.1
 */
export function prefersHtml(accept = ""): boolean {
  const weights = new Map(
    accept
      .toLowerCase()
      .split(",")
      .map((entry) => {
        const [type = "", ...parameters] = entry.split(";").map((part) => part.trim());
        const quality = parameters.find((part) => part.startsWith("q="))?.slice(2);
        return [type, quality === undefined ? 1 : Number(quality)];
      }),
  );
  const html = weights.get("text/html") ?? 0;
  return html > 0 && html > (weights.get("application/json") ?? 0);
}
