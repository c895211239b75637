/** How headers end that hold keys: those of clients, and what a proxy on the way adds (`cf-access-jwt-assertion`, `x-forwarded-access-token`). */
const secretHeader =
  /(?:^|[-_])(?:authorization|cookie|(?:api|access|auth|secret|subscription)[-_]?key|token|secret|password|assertion|jwt)$/;

/** What stands in the place of a secret. */
export const redacted = "[redacted]";

/** Keys of this gateway and of services that people often paste into a prompt. */
const keyForms = new RegExp(
  [
    String.raw`\bakc-[\w-]{43}`,
    String.raw`\b(?:sk|pk|gh[opsur]|github_pat|xox[abepsr]|glpat|hf)[-_][\w-]{16,}`,
    // Of AWS and of Google, which have no mark behind their beginning.
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\bAIza[\w-]{35}`,
  ].join("|"),
  "g",
);

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
    return [[name, secretHeader.test(name) ? redacted : redact([value].flat().join(", "))] as const];
  });
  return Object.fromEntries(entries);
}
