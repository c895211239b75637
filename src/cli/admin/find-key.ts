import { UsageError } from "../usage-error.ts";
import type { AdminApi } from "./ask-admin.ts";
import { findEnded } from "./describe-keys.ts";
import { keyList, type KeyObject, shownKey, type ShownKey } from "./key-object.ts";

/** Finds a key by its id, or by its name where only one has that that has not ended. Throws `UsageError` when it is none, or not the only one. */
export async function findKey(api: AdminApi, named: string): Promise<ShownKey> {
  const id = await findKeyId(api, named);
  return api.ask({ method: "GET", path: `/keys/${encodeURIComponent(id)}` }, shownKey);
}

/** The id of a key that is named by that, which may be of none, or by its name. Throws `UsageError` as `findKey` does. */
export async function findKeyId(api: AdminApi, named: string): Promise<string> {
  return /^key_\w+$/.test(named) ? named : (await findByName(api, named)).id;
}

async function findByName(api: AdminApi, named: string): Promise<KeyObject> {
  if (named.startsWith("akc-")) {
    throw new UsageError("That is a key's secret, which is to stay one: name the key by its id or its name.");
  }
  const { data } = await api.ask({ method: "GET", path: "/keys" }, keyList);
  const same = data.filter(({ name }) => name === named);
  const ended = findEnded(data, Date.now());
  const living = same.filter(({ id }) => !ended.has(id));
  const found = living.length > 0 ? living : same;
  const [only] = found;
  if (only === undefined)
    throw new UsageError(`There is no key of the name "${named}". keys list shows all.`);
  if (found.length === 1) return only;
  throw new UsageError(
    `${found.length} keys have the name "${named}": ${found.map(({ id }) => id).join(", ")}. Name one by its id.`,
  );
}
