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
  return new GatewayError("not-found", `Response with id '${shorten(id)}' not found.`, {
    param: "response_id",
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

/** The response of an id, as it is now; one that is in memory needs no store. Rejects with what the store rejects with. */
export async function lookUp(
  { store, runs }: ResponsePlaces,
  id: string,
): Promise<StoredResponse | undefined> {
  if (isThreadKey(id)) return undefined;
  const run = runs.find(id);
  return run === undefined ? store.get(id) : toStored(run.response, run.inputItems);
}

/**
 * The response of an id, as it is now. Throws kind `not-found`, and kind `overloaded` when the store can't be asked.
 * One that was running when a former process ended can never be complete: it is failed, and stored so.
 */
export async function findStored(
  places: ResponsePlaces,
  id: string,
  log: ProblemLog,
): Promise<StoredResponse> {
  const stored = await lookUp(places, id);
  if (stored === undefined) throw responseNotFound(id);
  const { status } = stored.response;
  const ended = status !== "queued" && status !== "in_progress";
  if (ended || places.runs.find(id) !== undefined) return stored;
  const error = { code: "server_error", message: "The gateway stopped before the response was complete." };
  const failed = { ...stored, response: { ...stored.response, status: "failed", error } };
  // If this can't be stored, it is found out again the next time.
  await tryToStore(places.store, failed, log);
  return failed;
}
