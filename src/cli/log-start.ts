import type { Config } from "../config.ts";
import type { Services } from "../gateway.ts";
import { isPretty } from "../log.ts";
import { readVersion } from "../version.ts";

/** Without the name and password that a URL may hold. */
function toShownUrl(text: string): string {
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/+$/, "");
}

/** The line of the start: what runs where. At `debug` where people read the log on a terminal, who are welcomed there. */
export function logStart(
  { log, configuration }: Pick<Services, "log" | "configuration">,
  config: Config,
  url: string,
): void {
  const version = readVersion();
  const line = {
    event: "start",
    version,
    address: url,
    upstreams: configuration().upstreams.map(({ name, baseUrl }) => ({ name, url: toShownUrl(baseUrl) })),
    auth: config.BEARER_TOKEN !== "",
    dataDir: config.DATA_DIR ?? null,
    node: process.version,
  };
  const isWelcomed = process.stdout.isTTY && isPretty(config, process.stdout);
  log[isWelcomed ? "debug" : "info"](line, `akashchat-api ${version} is listening at ${url}`);
}
