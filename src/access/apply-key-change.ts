import { withoutUndefined } from "../model/without-undefined.ts";
import type { AccessKey, KeyChange } from "./access-key.ts";

/** The key as a change makes it: what is `null` goes, what is absent stays. */
export function applyKeyChange(
  key: AccessKey,
  change: KeyChange & { readonly revokedAt?: number },
): AccessKey {
  const kept = Object.entries({ ...key, ...withoutUndefined(change) }).filter(([, value]) => value !== null);
  // A change has fields of a key only, and what a key must have is never null in it.
  return Object.fromEntries(kept) as unknown as AccessKey;
}
