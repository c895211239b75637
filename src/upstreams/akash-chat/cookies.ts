/** A session cookie as the upstream sets it. */
export interface SessionCookie {
  readonly token: string;
  /** Its life in ms; `undefined` when the cookie does not say. */
  readonly lifetimeMs: number | undefined;
}

const sessionCookieName = "session_token";

/**
 * Finds the session among all `Set-Cookie` values. Its life is its own `Max-Age`, else `Expires`.
 * The token is taken as it is: most instances use 64 hex digits, some just a word.
 */
export function decodeSessionCookie(cookies: readonly string[], now: number): SessionCookie | undefined {
  for (const cookie of cookies) {
    const [pair = "", ...attributes] = cookie.split(";");
    const [name, token] = splitPair(pair);
    if (name !== sessionCookieName || token === "") continue;
    const values = new Map(attributes.map((attribute) => splitPair(attribute)));
    const find = (wanted: string): string | undefined =>
      [...values].find(([attribute]) => attribute.toLowerCase() === wanted)?.[1];
    return { token, lifetimeMs: toLifetime(find("max-age"), find("expires"), now) };
  }
  return undefined;
}

function splitPair(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  return at === -1 ? [text.trim(), ""] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function toLifetime(
  maxAge: string | undefined,
  expires: string | undefined,
  now: number,
): number | undefined {
  const seconds = Number(maxAge);
  if (maxAge !== undefined && maxAge !== "" && Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const end = Date.parse(expires ?? "");
  return Number.isNaN(end) ? undefined : Math.max(0, end - now);
}

/**
 * Joins the session with the operator's own cookies. The session comes first, since the upstream takes the
 * first of two; a session among the operator's cookies is dropped, since it would keep us from a new one.
 */
export function encodeCookies(token: string | undefined, operatorCookies: string | undefined): string {
  const own = token === undefined ? [] : [`${sessionCookieName}=${token}`];
  const others = (operatorCookies ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair !== "" && splitPair(pair)[0] !== sessionCookieName);
  return [...own, ...others].join("; ");
}

/** What is secret of an operator's cookies: all of them, and the value of each. */
export function listCookieSecrets(cookies: string): readonly string[] {
  return [cookies, ...cookies.split(";").map((pair) => splitPair(pair)[1])];
}
