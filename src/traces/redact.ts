/** Headers that hold keys. */
const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "api-key",
  "x-goog-api-key",
]);

/** What stands in the place of a secret. */
export const redacted = "[redacted]";

/** Keys of this gateway and of services that people often paste into a prompt. */
const keyForms = /\bakc-[\w-]{43}|\b(?:sk|sk-ant|sk-or|pk|ghp|gho|xox[abp]|glpat|hf|AKIA)[-_][\w-]{16,}/g;

/** Takes keys out of text: the `secrets` that came with the request, wherever they stand, and what has the form of a key. */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= 4);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, redacted);
    return clean.replaceAll(keyForms, redacted);
  };
}

/** Headers of a request, without their secrets. */
export function redactHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  redact: (text: string) => string,
): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [[name, secretHeaders.has(name) ? redacted : redact([value].flat().join(", "))] as const];
  });
  return Object.fromEntries(entries);
}
