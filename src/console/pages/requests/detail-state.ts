import { signal } from "@preact/signals";

import { ask, AskError } from "../../api/ask.ts";
import type { TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { access, requestsPath } from "../../state/access.ts";
import { onOtherToken } from "../../state/token.ts";

/** What is known of one request. */
export type Detail =
  | { readonly kind: "loading" }
  /** `isMissing`: the gateway does not know it, which may be as it is not over. */
  | { readonly kind: "failed"; readonly message: string; readonly isMissing: boolean }
  | {
      readonly kind: "known";
      readonly row: RequestObject | undefined;
      readonly trace: TraceObject | undefined;
      /** There was a trace, or may be one, that can't be read. */
      readonly isTraceGone: boolean;
    };

/** The id of the request that was shown last. */
export const lastShown: { current?: string } = {};

const loading: Detail = { kind: "loading" };
/** What was read last, and of which request. */
const last = signal<{ readonly id: string; readonly found: Detail }>({ id: "", found: loading });

/** What is known of a request. What was read of another says nothing of it. */
export function findDetail(id: string): Detail {
  return last.value.id === id ? last.value.found : loading;
}

/** Dots alone would lead to another address, however they are written. No request is called so. */
const isPathPart = (id: string): boolean => id === "." || id === "..";

/** Reads a trace; `undefined`: there is none any more. */
async function readTrace(id: string): Promise<TraceObject | undefined> {
  try {
    return await ask<TraceObject>(`admin/v1/traces/${encodeURIComponent(id)}`);
  } catch (error) {
    if (error instanceof AskError && error.status === 404) return undefined;
    throw error;
  }
}

let newest = 0;

onOtherToken(() => {
  newest += 1;
  last.value = { id: "", found: loading };
});

/** Reads a request by its id, and its trace where there is one that we may read. Never rejects. */
export async function readDetail(id: string): Promise<void> {
  const mine = (newest += 1);
  lastShown.current = id;
  const show = (found: Detail) => {
    if (mine === newest) last.value = { id, found };
  };
  show(loading);
  const mayRead = access.value?.admin === true;
  try {
    if (isPathPart(id)) throw new AskError(404, `There is no request '${id}'.`);
    const path = `${requestsPath.value}/${encodeURIComponent(id)}`;
    // Without a ledger there may still be a trace.
    const row = access.value?.ledger === false ? undefined : await ask<RequestObject>(path);
    const trace = mayRead && row?.traced !== false ? await readTrace(id) : undefined;
    const isTraceGone = mayRead && row?.traced === true && trace === undefined;
    show({ kind: "known", row, trace, isTraceGone });
  } catch (error) {
    const isMissing = error instanceof AskError && error.status === 404;
    show({ kind: "failed", message: error instanceof Error ? error.message : String(error), isMissing });
  }
}
