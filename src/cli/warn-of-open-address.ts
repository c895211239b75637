import type { Logger } from "pino";

import type { Config } from "../config.ts";

/** Warns when anybody may use the gateway who can reach it from elsewhere. */
export function warnOfOpenAddress(
  { SERVER_ADDRESS: { host } }: Pick<Config, "SERVER_ADDRESS">,
  isOpen: boolean,
  log: Logger,
): void {
  const isOwnMachine = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (!isOpen || isOwnMachine) return;
  log.warn("BEARER_TOKEN is not set: whoever reaches this address can use the gateway.");
}
