import type { CompatibleServer } from "./create-server.ts";
import type { FailureReason } from "./failure.ts";

/** That a request is wrong only a server says that has let its key in. */
const judged: ReadonlySet<FailureReason> = new Set([
  "invalid-request",
  "model-not-found",
  "not-supported",
  "context-length",
]);
/** What has nothing to do with the request. */
const barred: ReadonlySet<FailureReason> = new Set([
  "key-refused",
  "credit",
  "rate-limit",
  "timeout",
  "proxy",
  "no-api",
]);

/**
 * Whether a server takes the key, in words. Many show their list to everybody, so it is asked for an answer to nothing, which
 * none can give and nobody pays. Throws `GatewayError` if the key is refused, or has no credit.
 */
export async function checkKey(server: CompatibleServer, signal: AbortSignal): Promise<string> {
  const body = JSON.stringify({ model: "none", messages: [], max_tokens: 1 });
  const outcome = await server.post("/chat/completions", body, { signal, hasOthers: true });
  if (outcome.kind === "reply") {
    outcome.reply.discard();
    return "accepted";
  }
  const { reason, error } = outcome.failure;
  if (barred.has(reason)) throw error;
  return judged.has(reason) ? "accepted" : "not refused";
}
