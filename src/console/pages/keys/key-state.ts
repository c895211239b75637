import { computed, signal } from "@preact/signals";

import { ask } from "../../api/ask.ts";
import type { KeyHourObject, KeyObject, RequestObject } from "../../api/types.ts";
import type { KeyDraft } from "../../domain/key-draft.ts";
import { toBody, toChange, toDraft } from "../../domain/key-draft.ts";
import { access } from "../../state/access.ts";

/** What came of reading the keys. */
export type Keys =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly message: string }
  | {
      readonly kind: "known";
      readonly keys: readonly KeyObject[];
      readonly hours: readonly KeyHourObject[];
      /** The newest request of each key, of those that are not long past. */
      readonly last: ReadonlyMap<string, RequestObject>;
    };

/** The keys that we may see. */
export const keys = signal<Keys>({ kind: "loading" });
/** A key that was just made, with its secret: it is nowhere else. */
export const made = signal<{ readonly name: string; readonly secret: string } | undefined>(undefined);

/** Where the keys are that we may see and make: all of them, or those below ours; `undefined`: none. */
export const keysPath = computed(() => {
  if (access.value?.admin === true) return "admin/v1/keys";
  return access.value?.caller === "key" ? "v1/keys" : undefined;
});

interface List<Entry> {
  readonly data: readonly Entry[];
}

/** What the ledger knows of keys; nothing where there is none, or it is not ours to read. */
async function readUse(): Promise<Pick<Extract<Keys, { kind: "known" }>, "hours" | "last">> {
  const none = { hours: [], last: new Map<string, RequestObject>() };
  if (access.value?.admin !== true || !access.value.ledger) return none;
  try {
    const [hours, requests] = await Promise.all([
      ask<List<KeyHourObject>>("admin/v1/usage?by=key,hour&from=24h"),
      ask<List<RequestObject>>("admin/v1/requests?limit=1000"),
    ]);
    // The newest stand first.
    const last = new Map(requests.data.toReversed().map((row) => [row.key ?? "", row]));
    return { hours: hours.data, last };
  } catch {
    // Keys are shown without what they did: the ledger may be away while they are there.
    return none;
  }
}

/** Reads the keys, and what they did. Never rejects. */
export async function readKeys(): Promise<void> {
  const path = keysPath.value;
  if (path === undefined) return;
  try {
    const [list, use] = await Promise.all([ask<List<KeyObject>>(`${path}?limits=true`), readUse()]);
    keys.value = { kind: "known", keys: list.data, ...use };
  } catch (error) {
    keys.value = { kind: "failed", message: error instanceof Error ? error.message : String(error) };
  }
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
