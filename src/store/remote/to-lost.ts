import type { StoredResponse } from "../response-store.ts";

/** Whether a response was stored before its end, as background responses are. */
export function isUnfinished({ response }: StoredResponse): boolean {
  return response["status"] === "queued" || response["status"] === "in_progress";
}

/** The response as it is when the process is gone that made it: failed. */
export function toLost(stored: StoredResponse): StoredResponse {
  const error = {
    code: "server_error",
    message: "The process of the gateway that made this response ended before it was complete. Ask again.",
  };
  return { ...stored, response: { ...stored.response, status: "failed", error } };
}
