import type { FastifyBaseLogger } from "fastify";

import type { ResponseObject } from "../dialects/openai-responses/index.ts";
import { GatewayError, shorten } from "../errors.ts";
import {
  type ResponseStore,
  StoreError,
  type StoredResponse,
  type StoreProblem,
} from "../store/response-store.ts";
import type { BackgroundRuns } from "./background-runs.ts";

/** Where responses are found: those that are made now, and those that are stored. */
export interface ResponsePlaces {
  readonly responses: ResponseStore;
  /** Without it there are no background responses. */
  readonly runs?: BackgroundRuns | undefined;
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

/**
 * Stores a response. An answer is good even if it can't be fetched again: so a failure is no error, but resolves with
 * what to tell the client. The operator is told by the store itself, or here if it failed in a way that it doesn't know.
 */
export async function tryToStore(
  responses: ResponseStore,
  stored: StoredResponse,
  log: FastifyBaseLogger,
): Promise<StoreProblem | undefined> {
  try {
    await responses.put(stored);
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error.problem;
    log.error({ err: error }, "a response could not be stored");
    return "unavailable";
  }
}

/** Whether an id is that of a thread of the Messages API: the store holds those, too, but clients of this API don't get at them. */
export function isThreadKey(id: string): boolean {
  return id.startsWith("thread:");
}

/** The response of an id, as it is now; one that is in memory needs no store. Rejects with what the store rejects with. */
export async function lookUp(
  { responses, runs }: ResponsePlaces,
  id: string,
): Promise<StoredResponse | undefined> {
  if (isThreadKey(id)) return undefined;
  const run = runs?.find(id);
  return run === undefined ? responses.get(id) : toStored(run.response, run.inputItems);
}

/**
 * The response of an id, as it is now. Throws kind `not-found`, and kind `overloaded` when the store can't be asked.
 * One that was running when a former process ended can never be complete: it is failed, and stored so.
 */
export async function findStored(
  places: ResponsePlaces,
  id: string,
  log: FastifyBaseLogger,
): Promise<StoredResponse> {
  const stored = await lookUp(places, id);
  if (stored === undefined) throw responseNotFound(id);
  const { status } = stored.response;
  const ended = status !== "queued" && status !== "in_progress";
  if (ended || places.runs?.find(id) !== undefined) return stored;
  const error = { code: "server_error", message: "The gateway stopped before the response was complete." };
  const failed = { ...stored, response: { ...stored.response, status: "failed", error } };
  // If this can't be stored, it is found out again the next time.
  await tryToStore(places.responses, failed, log);
  return failed;
}
