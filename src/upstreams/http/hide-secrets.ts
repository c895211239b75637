/** Shorter ones are no secrets, and stand in honest texts. */
const shortest = 4;

/** Creates what blots the given secrets out of texts, wherever a server quotes them. `redact` knows them only by their form. */
export function createSecretHider(secrets: readonly string[]): (text: string) => string {
  const parts = secrets.flatMap((secret) => [secret, secret.replace(/^(?:bearer|basic)\s+/i, "")]);
  // The longest first: one may be a part of another.
  const hidden = [...new Set(parts)]
    .filter((secret) => secret.length >= shortest)
    .sort((one, other) => other.length - one.length);
  return (text) => {
    let clean = text;
    for (const secret of hidden) clean = clean.replaceAll(secret, "[key]");
    return clean;
  };
}
