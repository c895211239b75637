import { signal } from "@preact/signals";

import { ask } from "../../api/ask.ts";
import type { NextTraceObject } from "../../domain/requests/trace-types.ts";
import { access } from "../../state/access.ts";
import { onOtherToken } from "../../state/token.ts";

const path = "admin/v1/traces/next";

/** What is wished for, as the gateway tells it; `undefined`: nobody has looked. */
export const nextTrace = signal<NextTraceObject | undefined>(undefined);
/** Why it could not be asked for. */
export const nextTraceFailure = signal<string | undefined>(undefined);
/** Whether the trace is there to be read: its request is over. */
export const isTraceThere = signal(false);
/** The trace that was seen, or put aside. */
export const seenTrace = signal<string | undefined>(undefined);

onOtherToken(() => {
  nextTrace.value = undefined;
  nextTraceFailure.value = undefined;
  isTraceThere.value = false;
  seenTrace.value = undefined;
});

/** Never rejects. */
async function change(method: "GET" | "POST" | "DELETE", body?: { readonly key: string }): Promise<void> {
  try {
    const answer = await ask<NextTraceObject>(path, { method, ...(body === undefined ? {} : { body }) });
    if (answer.trace !== nextTrace.value?.trace) isTraceThere.value = false;
    nextTrace.value = answer;
    nextTraceFailure.value = undefined;
  } catch (error) {
    nextTraceFailure.value = error instanceof Error ? error.message : String(error);
  }
}

/** Whether we may ask for traces at all. */
export function mayTrace(): boolean {
  return access.value?.admin === true;
}

/** Has the next request traced: of a key, by its id, `none` or `any`. */
export async function traceNext(key: string): Promise<void> {
  if (mayTrace()) await change("POST", { key });
  else nextTraceFailure.value = "";
}

/** Has it not traced. */
export async function cancelTrace(): Promise<void> {
  await change("DELETE");
}

/** Looks how it stands, and whether the trace is there. */
export async function lookAtNextTrace(): Promise<void> {
  if (!mayTrace()) return;
  await change("GET");
  const id = nextTrace.value?.trace ?? null;
  if (id === null || isTraceThere.value || id === seenTrace.value) return;
  try {
    // By the list: to ask for one that is not there yet is an error.
    const { data } = await ask<{ readonly data: readonly { readonly id: string }[] }>(
      "admin/v1/traces?limit=20",
    );
    isTraceThere.value = data.some((trace) => trace.id === id);
  } catch {
    // The next look says.
  }
}
