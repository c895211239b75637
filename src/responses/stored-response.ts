import type { ResponseObject } from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import {
  type ProblemLog,
  type ResponseStore,
  type StoredResponse,
  tryToStore,
} from "../store/response-store.ts";
import type { BackgroundRuns } from "./background-runs.ts";

/** Where responses are found: those that are made now, and those that are stored. */
export interface ResponsePlaces {
  readonly store: ResponseStore;
  readonly runs: BackgroundRuns;
}

/** The error for an id that nothing is stored under. */
export function responseNotFound(id: string): GatewayError {
  const shown = shorten(id);
  return new GatewayError("not-found", `Response with id '${shown}' not found.`, {
    param: "response_id",
    sent: [shown],
  });
}

/** A response as it is kept, with the input that it answers. */
export function toStored(response: ResponseObject, inputItems: StoredResponse["inputItems"]): StoredResponse {
  return {
    id: response.id,
    previousId: response.previous_response_id ?? undefined,
    createdAt: response.created_at,
    response: { ...response },
    inputItems,
  };
}

/** Whether an id is that of a thread of the Messages API: the store holds those, too, but clients of this API don't get at them. */
export function isThreadKey(id: string): boolean {
  return id.startsWith("thread:");
}

/** What a response says that ran in a process which is no more. */
export const stoppedError = {
  code: "server_error",
  message: "The gateway stopped before the response was complete.",
} as const;

/** Whether a response is as it ended. */
export function hasEnded({ response }: StoredResponse): boolean {
  const { status } = response;
  return status !== "queued" && status !== "in_progress";
}

/** The response of an id, and whether a process is at it. */
async function look(
  { store, runs }: ResponsePlaces,
  id: string,
): Promise<{ readonly stored: StoredResponse; readonly runs: boolean } | undefined> {
  if (isThreadKey(id)) return undefined;
  const own = runs.findOwn(id);
  if (own !== undefined) return { stored: toStored(own.response, own.inputItems), runs: true };
  const stored = await store.get(id);
  if (stored === undefined || hasEnded(stored)) return stored && { stored, runs: false };
  const run = await runs.find(id);
  if (run !== undefined) return { stored: { ...stored, response: { ...run.response } }, runs: true };
  // It may have ended, and been forgotten as a run, since it was read.
  const again = await store.get(id);
  return again && { stored: again, runs: false };
}

/** The response of an id, as it is now; one that is in memory needs no store. Rejects with what the store rejects with. */
export async function lookUp(places: ResponsePlaces, id: string): Promise<StoredResponse | undefined> {
  return (await look(places, id))?.stored;
}

/**
 * The response of an id, as it is now. Throws kind `not-found`, and kind `overloaded` when the store can't be asked.
 * One that was running when its process ended can never be complete: it is failed, and stored so.
 */
export async function findStored(
  places: ResponsePlaces,
  id: string,
  log: ProblemLog,
): Promise<StoredResponse> {
  const found = await look(places, id);
  if (found === undefined) throw responseNotFound(id);
  const { stored, runs } = found;
  if (runs || hasEnded(stored)) return stored;
  const failed = { ...stored, response: { ...stored.response, status: "failed", error: stoppedError } };
  // If this can't be stored, it is found out again the next time.
  await tryToStore(places.store, failed, log);
  return failed;
}
