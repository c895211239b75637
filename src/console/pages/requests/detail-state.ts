import { signal } from "@preact/signals";

import { ask, AskError } from "../../api/ask.ts";
import type { TraceObject } from "../../domain/requests/trace-types.ts";
import type { RequestObject } from "../../api/types.ts";
import { access } from "../../state/access.ts";
import { onOtherToken } from "../../state/token.ts";
import { requestsPath } from "./list-state.ts";

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

/** The request that is shown. */
export const detail = signal<Detail>({ kind: "loading" });

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
  detail.value = { kind: "loading" };
});

/** Reads a request by its id, and its trace where there is one that we may read. Never rejects. */
export async function readDetail(id: string): Promise<void> {
  const mine = (newest += 1);
  lastShown.current = id;
  detail.value = { kind: "loading" };
  const mayRead = access.value?.admin === true;
  try {
    if (isPathPart(id)) throw new AskError(404, `There is no request '${id}'.`);
    const path = `${requestsPath.value}/${encodeURIComponent(id)}`;
    // Without a ledger there may still be a trace.
    const row = access.value?.ledger === false ? undefined : await ask<RequestObject>(path);
    const trace = mayRead && row?.traced !== false ? await readTrace(id) : undefined;
    if (mine !== newest) return;
    detail.value = {
      kind: "known",
      row,
      trace,
      isTraceGone: mayRead && row?.traced === true && trace === undefined,
    };
  } catch (error) {
    if (mine !== newest) return;
    const isMissing = error instanceof AskError && error.status === 404;
    detail.value = {
      kind: "failed",
      message: error instanceof Error ? error.message : String(error),
      isMissing,
    };
  }
}
