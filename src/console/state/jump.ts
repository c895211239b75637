import { computed, signal } from "@preact/signals";

import { ask } from "../api/ask.ts";
import type { KeyObject, RequestObject } from "../api/types.ts";
import type { JumpPlaces } from "../domain/jump.ts";
import { pageOrder } from "../pages/page-order.ts";
import { texts } from "../text/index.ts";
import { access, keysPath, requestsPath } from "./access.ts";
import { hasPage } from "./pages.ts";
import { status } from "./status.ts";
import { onOtherToken, token } from "./token.ts";

/** So many of the newest requests can be found by their ids. */
const mostRequests = 1000;

type Named = Pick<KeyObject, "id" | "name" | "revoked_at">;
type Ended = Pick<RequestObject, "id" | "created_at" | "key">;

const keys = signal<readonly Named[]>([]);
const requests = signal<readonly Ended[]>([]);

onOtherToken(() => {
  keys.value = [];
  requests.value = [];
});

/** Reads where one may go. Never rejects: what can't be read can't be found, and its page says why; what was known before stays. */
export async function readPlaces(): Promise<void> {
  const asked = token.peek();
  const keyPath = keysPath.value;
  const hasLedger = access.value?.ledger === true;
  const [foundKeys, foundRequests] = await Promise.allSettled([
    keyPath === undefined ? undefined : ask<{ readonly data: readonly Named[] }>(keyPath),
    hasLedger
      ? ask<{ readonly data: readonly Ended[] }>(`${requestsPath.value}?limit=${mostRequests}`)
      : undefined,
  ]);
  if (token.peek() !== asked) return;
  if (foundKeys.status === "fulfilled") keys.value = foundKeys.value?.data ?? [];
  if (foundRequests.status === "fulfilled") requests.value = foundRequests.value?.data ?? [];
}

/** Where one may go. */
export const places = computed<JumpPlaces>(() => {
  const names = new Map(keys.value.map(({ id, name }) => [id, name]));
  const { models = [], open = [] } = status.value ?? {};
  const now = Date.now();
  return {
    pages: pageOrder.filter(hasPage).map((name) => ({ name, text: texts.value.pages[name] })),
    models: models.filter(({ kind }) => kind === "chat" || kind === "image").map(({ id }) => id),
    keys: keys.value.filter(({ revoked_at: revoked }) => revoked === null),
    requests: [
      ...open.map(({ id, ms, key_name: key }) => ({ id, at: now - ms, key: key ?? undefined })),
      ...requests.value.map(({ id, created_at: at, key }) => ({
        id,
        at: Date.parse(at),
        key: key === null ? undefined : (names.get(key) ?? key),
      })),
    ],
    hasLedger: access.value?.ledger === true,
  };
});
