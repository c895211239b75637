import { signal } from "@preact/signals";

import { ask, AskError } from "../../api/ask.ts";
import type { KeyHourObject, KeyObject, RequestObject } from "../../api/types.ts";
import type { KeyDraft } from "../../domain/key-draft.ts";
import type { SeenUse } from "../../domain/keys.ts";
import { toBody, toChange, toDraft } from "../../domain/key-draft.ts";
import { access, askAccess, keysPath } from "../../state/access.ts";
import { onOtherToken, token } from "../../state/token.ts";

/** What keys did. */
export interface KeyUse extends SeenUse {
  /** The newest request of each key, of those that are not long past. */
  readonly last: ReadonlyMap<string, RequestObject>;
}

/** Why something was not read, and when it is tried again, ms since the epoch. */
export interface KeysFailure {
  readonly message: string;
  readonly nextTry: number;
}

/** How often it is looked what keys have used, in ms. */
export const lookMs = 5000;

/** Keys that could be read; `use`: where there is a ledger, and it is ours to read. */
export interface KnownKeys {
  readonly kind: "known";
  readonly keys: readonly KeyObject[];
  readonly use: KeyUse | undefined;
  /** Why they could not be read again: they are as they were before. */
  readonly failure?: KeysFailure;
  /** Why what they did could not be. */
  readonly useFailure?: string;
}

/** What came of reading the keys. */
export type Keys = { readonly kind: "loading" } | ({ readonly kind: "failed" } & KeysFailure) | KnownKeys;

/** The keys that we may see. */
export const keys = signal<Keys>({ kind: "loading" });
/** A key that was just made, with its secret: it is nowhere else. */
export const made = signal<{ readonly name: string; readonly secret: string } | undefined>(undefined);

onOtherToken(() => {
  keys.value = { kind: "loading" };
  made.value = undefined;
});

interface List<Entry> {
  readonly data: readonly Entry[];
}

/** Reads what keys did; of requests only those that are newer than what is known. */
async function readUse(known: KeyUse | undefined): Promise<KeyUse | undefined> {
  if (access.value?.admin !== true || !access.value.ledger) return undefined;
  const times = [...(known?.last.values() ?? [])].map(({ created_at: at }) => at).sort();
  const newest = times.at(-1);
  const from = newest === undefined ? "" : `&from=${encodeURIComponent(newest)}`;
  const [hours, requests] = await Promise.all([
    ask<List<KeyHourObject>>("admin/v1/usage?by=key,hour&from=24h"),
    ask<List<RequestObject>>(`admin/v1/requests?limit=1000${from}`),
  ]);
  const last = new Map(known?.last);
  // The newest stand first.
  for (const row of requests.data.toReversed()) last.set(row.key ?? "", row);
  return { hours: hours.data, last, since: known?.since ?? requests.data.at(-1)?.created_at };
}

const messageOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));

/** Reads the keys, and what they did. Never rejects: what can't be read stays as it was. */
export async function readKeys(): Promise<void> {
  const path = keysPath.value;
  if (path === undefined) return;
  const asked = token.peek();
  const before = keys.peek();
  const known = before.kind === "known" ? before.use : undefined;
  const [list, use] = await Promise.allSettled([ask<List<KeyObject>>(`${path}?limits=true`), readUse(known)]);
  if (token.peek() !== asked) return;
  if (list.status === "rejected") {
    // Whom the gateway knows no more sees the gate.
    if (list.reason instanceof AskError && list.reason.status === 401) await askAccess();
    const failure = { message: messageOf(list.reason), nextTry: Date.now() + lookMs };
    keys.value = before.kind === "known" ? { ...before, failure } : { kind: "failed", ...failure };
    return;
  }
  keys.value = {
    kind: "known",
    keys: list.value.data,
    ...(use.status === "fulfilled" ? { use: use.value } : { use: known, useFailure: messageOf(use.reason) }),
  };
}

/** Makes a key; resolves with its id. Rejects with `AskError`. */
export async function createKey(draft: KeyDraft): Promise<string> {
  const body = toBody(draft);
  const given = Object.entries(body).filter(
    ([name, value]) => value !== null && (name !== "trace" || value === true),
  );
  const key = await ask<KeyObject & { readonly key: string }>(keysPath.value ?? "v1/keys", {
    method: "POST",
    body: Object.fromEntries(given),
  });
  made.value = { name: key.name, secret: key.key };
  await readKeys();
  return key.id;
}

/** Changes what of a key is not as it was. Rejects with `AskError`. */
export async function changeKey(key: KeyObject, draft: KeyDraft): Promise<void> {
  await ask(`${keysPath.value}/${key.id}`, { method: "PATCH", body: toChange(draft, toDraft(key)) });
  await readKeys();
}

/** Ends a key and all below it. Rejects with `AskError`. */
export async function revokeKey(key: KeyObject): Promise<void> {
  await ask(`${keysPath.value}/${key.id}`, { method: "DELETE" });
  await readKeys();
}
