import { GatewayError } from "../errors.ts";
import { anybody, findEnd, type Caller } from "./caller.ts";
import { createGate, type KeyCaller, type RequestGate } from "./create-gate.ts";
import { digestOf } from "./key-secret.ts";
import type { KeyLineage } from "./access-key.ts";
import type { KeyStore } from "./key-store.ts";
import type { Limits } from "./limits.ts";
import { createTypicalAnswers, type TypicalAnswers } from "./typical-answers.ts";

/** What the access service needs. */
export interface AccessOptions {
  /** `BEARER_TOKEN`: the operator's own key. Empty: there is none; without that, `ADMIN_TOKEN` and keys anybody may ask. */
  readonly token: string;
  /** `ADMIN_TOKEN`, which is good for all that `token` is. Empty: there is none. */
  readonly adminToken: string;
  readonly keys: KeyStore;
  readonly limits: Limits;
  /** Of reservations; unique for all time. */
  readonly newId: () => string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Says who asks, and lets pass what that caller may have. */
export interface Access {
  /**
   * Who asks, by the secrets that came with a request; the first that is known counts. Rejects with kind `unauthenticated`. Without
   * tokens and keys anybody may ask, whatever came along. `inAddress`: those of them that stand in the request's address, where the operator's
   * admin token is refused.
   */
  identify(secrets: readonly string[], inAddress?: readonly string[]): Promise<Caller> | Caller;
  /** The gate of one request. `undefined`: nothing stands in this caller's way. */
  gateFor(caller: Caller, dialect: () => string | undefined): RequestGate | undefined;
  /** Whether anybody may ask. */
  readonly isOpen: boolean;
  /** How long answers usually are. */
  readonly typical: TypicalAnswers;
}

/** Creates the access service. */
export function createAccess({ token, adminToken, keys, limits, newId, now }: AccessOptions): Access {
  // Equal digests instead of equal texts: the time tells neither the length nor a common beginning.
  const tokenDigest = token === "" ? undefined : digestOf(token);
  const adminDigest = adminToken === "" ? undefined : digestOf(adminToken);
  const typical = createTypicalAnswers();

  /** What opens the gateway. */
  function nameKeys(): string {
    if (keys.isEmpty && tokenDigest !== undefined) return "this gateway's BEARER_TOKEN";
    const made = keys.isEmpty ? ", which its operator makes by 'akashchat-api keys create'," : "";
    return `a key of this gateway (akc-…)${made}${tokenDigest === undefined ? "" : " or its BEARER_TOKEN"}`;
  }

  /** Rejects with kind `unauthenticated` for a key that has ended. */
  function toCaller(lineage: KeyLineage): KeyCaller {
    const end = findEnd(lineage, now());
    if (end === undefined) return { kind: "key", ...lineage };
    const whose =
      end.key === lineage.key ? "The API key" : `The key "${end.key.name}", which this one descends from,`;
    throw createKeyError(end.ended === "revoked" ? `${whose} was revoked.` : `${whose} has expired.`);
  }

  async function renew({ key }: KeyLineage): Promise<KeyCaller> {
    const lineage = await keys.get(key.id);
    if (lineage === undefined) throw createKeyError("The API key was revoked.");
    return toCaller(lineage);
  }

  async function identifyByKeys(secrets: readonly string[], digests: readonly string[]): Promise<Caller> {
    for (const digest of digests) {
      const lineage = await keys.find(digest);
      if (lineage !== undefined) return toCaller(lineage);
    }
    const wanted = `Send ${nameKeys()} as 'Authorization: Bearer <token>'`;
    throw createKeyError(
      secrets.length === 0
        ? `An API key is missing. ${wanted}, or in front of the path (/key/<token>/…) by a client that takes nothing but an address.`
        : `The API key is wrong. ${wanted}.`,
    );
  }

  // Who set any token wants to know who asks, also after a restart that has forgotten all keys.
  const isOpen = () => tokenDigest === undefined && adminDigest === undefined && keys.isEmpty;

  return {
    typical,
    get isOpen() {
      return isOpen();
    },
    identify(secrets, inAddress = []) {
      if (isOpen()) return anybody;
      const digests = secrets.map(digestOf);
      if (inAddress.some((secret) => digestOf(secret) === adminDigest)) throw createAddressError();
      if (adminDigest !== undefined && digests.includes(adminDigest)) return operator;
      if (tokenDigest !== undefined && digests.includes(tokenDigest)) return operator;
      return identifyByKeys(secrets, digests);
    },
    gateFor: (caller, dialect) =>
      caller.kind === "key"
        ? createGate({ caller: () => renew(caller), limits, typical, dialect, newId, now })
        : undefined,
  };
}

const operator: Caller = { kind: "operator" };

/** `ADMIN_TOKEN` in an address: it opens everything, and addresses stand in the logs of proxies. */
export function createAddressError(): GatewayError {
  return createKeyError(
    "The admin token is not taken from the address (`?key=`, `/key/…`), which ends in logs. Send ADMIN_TOKEN as 'Authorization: Bearer <token>', " +
      "and change it where this address may have been logged.",
  );
}

function createKeyError(message: string): GatewayError {
  return new GatewayError("unauthenticated", message, { shouldRetry: false });
}
