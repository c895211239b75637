import type { Logger } from "pino";

/** Has the log told of failures that nobody has foreseen. */
export function guardProcess(log: Logger): void {
  // One request that fails in an unforeseen place must not end the answers of all others.
  process.on("unhandledRejection", (error) => {
    log.error({ err: error }, "a failure that nobody waited for");
  });
  // Here the state of the process is unknown. The log shows less of the error than Node would: no headers, no keys.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "an unforeseen failure ends the process");
    process.exit(1);
  });
}
