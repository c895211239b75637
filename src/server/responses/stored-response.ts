import { GatewayError, shorten } from "../../errors.ts";
import type { ResponseStore, StoredResponse } from "../../store/response-store.ts";
import type { BackgroundRuns } from "./background-runs.ts";

/** The error for an id that nothing is stored under. */
export function responseNotFound(id: string): GatewayError {
  return new GatewayError("not-found", `Response with id '${shorten(id)}' not found.`, {
    param: "response_id",
  });
}

/**
 * The stored response of an id, as it is now. Throws kind `not-found`. One that was running when a former
 * process ended can never be complete: it is failed, and stored so.
 */
export async function findStored(
  { responses, runs }: { readonly responses: ResponseStore; readonly runs: BackgroundRuns },
  id: string,
): Promise<StoredResponse> {
  const stored = await responses.get(id);
  if (stored === undefined) throw responseNotFound(id);
  const run = runs.find(id);
  if (run !== undefined) return { ...stored, response: { ...run.response } };
  const { status } = stored.response;
  if (status !== "queued" && status !== "in_progress") return stored;
  const error = { code: "server_error", message: "The gateway stopped before the response was complete." };
  const failed = { ...stored, response: { ...stored.response, status: "failed", error } };
  await responses.put(failed);
  return failed;
}
