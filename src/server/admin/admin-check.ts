import { digestOf } from "../../access/key-secret.ts";

/** Knows who may use the admin API. */
export interface AdminCheck {
  /** Nobody may: there is no `ADMIN_TOKEN`. */
  readonly isClosed: boolean;
  /** Whether one of the secrets that came with a request opens it. */
  isAdmin(given: readonly string[]): boolean;
}

/** Creates the check; an empty token is none. */
export function createAdminCheck(token: string): AdminCheck {
  // Equal digests instead of equal texts: the time tells neither the length nor a common beginning.
  const wanted = token === "" ? undefined : digestOf(token);
  return {
    isClosed: wanted === undefined,
    isAdmin: (given) => wanted !== undefined && given.some((secret) => digestOf(secret) === wanted),
  };
}
