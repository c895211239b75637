import type { Config } from "../config.ts";
import type { Services } from "../services.ts";
import { isPretty } from "../log.ts";
import { readVersion } from "../version.ts";

/** Without the name and password that a URL may hold. */
function toShownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/+$/, "");
}

/** The line of the start: what runs where. At `debug` where people read the log on a terminal, who are welcomed there. */
export function logStart(
  {
    log,
    configuration,
    access,
    keptIn,
  }: Pick<Services, "log" | "configuration" | "keptIn"> & {
    readonly access: Pick<Services["access"], "isOpen">;
  },
  config: Config,
  url: string,
  workers?: number,
): void {
  const version = readVersion();
  const line = {
    event: "start",
    version,
    address: url,
    upstreams: configuration().upstreams.map(({ name, baseUrl }) => ({ name, url: toShownUrl(baseUrl) })),
    auth: !access.isOpen,
    keptIn,
    dataDir: config.DATA_DIR ?? null,
    ...(workers === undefined ? {} : { workers }),
    node: process.version,
  };
  const isWelcomed = process.stdout.isTTY && isPretty(config, process.stdout);
  const how = workers === undefined ? "" : ` with ${workers} workers`;
  log[isWelcomed ? "debug" : "info"](line, `akashchat-api ${version} is listening at ${url}${how}`);
  if (keptIn === "memory" && config.ADMIN_TOKEN !== "") {
    log.warn(
      "Keys, limits and the ledger are in memory: gone when this process ends. DATA_DIR or DATABASE_URL keeps them.",
    );
  }
}
