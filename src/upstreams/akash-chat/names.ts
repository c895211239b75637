import type { GatewayError } from "../../errors.ts";
import { createTimeoutError as createNamedTimeoutError } from "../http/connection-error.ts";
import type { UpstreamNames } from "../http/names.ts";

/** What this upstream and its settings are called in messages. */
export const names: UpstreamNames = {
  title: "Akash Chat",
  address: "AKASH_BASE_URL",
  headers: "AKASH_COOKIE, AKASH_USER_AGENT and AKASH_ACCESS_TOKEN",
};

/** The error of an Akash Chat that stayed silent for longer than its time-out. */
export function createTimeoutError(cause?: unknown): GatewayError {
  return createNamedTimeoutError(names.title, cause);
}
