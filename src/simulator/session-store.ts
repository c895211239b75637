import { randomBytes } from "node:crypto";

/** The sessions that were given out. Use does not prolong them. */
export interface SessionStore {
  /** A new token of 64 hex digits. */
  issue(): string;
  /** Milliseconds left; 0 for malformed, unknown and expired tokens. */
  timeLeft(token: string | undefined): number;
  /** Counts a refresh; `false` when there were too many. */
  mayRefresh(token: string): boolean;
  expireAll(): void;
  readonly issued: number;
  readonly seconds: number;
}

/** Makes an empty store; `now` is unix time in ms. */
export function createSessionStore(seconds: number, now: () => number): SessionStore {
  const expiries = new Map<string, number>();
  const refreshes = new Map<string, number[]>();
  const windowMs = Math.floor(seconds * 0.2 * 0.25) * 1000;
  let issued = 0;

  return {
    issue() {
      const token = randomBytes(32).toString("hex");
      expiries.set(token, now() + seconds * 1000);
      issued += 1;
      return token;
    },
    timeLeft(token) {
      const expiry = token === undefined ? undefined : expiries.get(token);
      return expiry === undefined ? 0 : Math.max(0, expiry - now());
    },
    mayRefresh(token) {
      // The app keys its counter by the second, so calls within one second count once.
      const second = Math.floor(now() / 1000) * 1000;
      const recent = (refreshes.get(token) ?? []).filter((at) => at > now() - windowMs);
      if (!recent.includes(second)) recent.push(second);
      refreshes.set(token, recent);
      return recent.length <= 3;
    },
    expireAll() {
      expiries.clear();
    },
    get issued() {
      return issued;
    },
    seconds,
  };
}

/** The value of the first `session_token` cookie, as the app reads it. */
export function sessionTokenOf(cookieHeader: string | undefined): string | undefined {
  for (const pair of (cookieHeader ?? "").split(";")) {
    const [name, ...value] = pair.split("=");
    if (name?.trim() === "session_token") return value.join("=").trim();
  }
  return undefined;
}
