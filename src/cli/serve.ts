import type { Environment, ReloadOutcome } from "../config-file/index.ts";
import type { Config } from "../config.ts";
import { createGateway, type Gateway } from "../gateway.ts";
import { orClose } from "../or-close.ts";
import { createPaint, hasColours } from "../pretty/create-paint.ts";
import { showBanner, type BannerKind } from "./banner.ts";
import { guardProcess } from "./guard-process.ts";
import { logStart } from "./log-start.ts";
import { prepareForRequests } from "./prepare-for-requests.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { tuneEngine } from "./tune-engine.ts";
import { warnOfOpenAddress } from "./warn-of-open-address.ts";

/** How the gateway is served. */
export interface ServeOptions {
  /** What `${NAME}` in the configuration file stands for. Default: the process' environment. */
  readonly environment?: Environment;
  /** Reads the configuration file of this gateway again, on SIGHUP. */
  readonly reload?: (gateway: Gateway) => ReloadOutcome;
  /** Awaited when the gateway is closed. */
  readonly beforeExit?: () => Promise<void>;
  /** Of the banner. */
  readonly kind?: BannerKind;
}

/**
 * Starts the gateway and keeps the process alive until a signal (see `stopOnSignals`), which lets running streams finish;
 * a second one ends at once. Warns when anybody may use it. Resolves with its address once it listens; on a terminal a banner (of
 * `kind`) says so.
 */
export async function serve(
  config: Config,
  { environment, reload, beforeExit, kind = "gateway" }: ServeOptions = {},
): Promise<string> {
  tuneEngine();
  const gateway = await createGateway(config, environment === undefined ? {} : { environment });
  const { log } = gateway;
  warnOfOpenAddress(config, gateway.services.access.isOpen, log);
  guardProcess(log);

  stopOnSignals(process, {
    running: () => gateway.running(),
    async close() {
      await gateway.close();
      await beforeExit?.();
    },
    // On a terminal for a person, elsewhere for whoever reads the log.
    say: (line) => (process.stderr.isTTY ? process.stderr.write(`${line}\n`) : log.warn(line)),
    exit: (code) => process.exit(code),
    // Windows has such a signal only for a console that is closed.
    reload: reload === undefined || process.platform === "win32" ? undefined : () => reload(gateway),
    hasTerminal: [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY),
  });

  // Not `gateway.close`, which waits as if somebody had been served.
  const url = await orClose(gateway.services, gateway.listen());
  prepareForRequests(gateway.app.server, log);
  logStart(gateway.services, config, url);
  if (process.stdout.isTTY) {
    const paint = createPaint(hasColours(true, process.env));
    showBanner({ gateway, config, url, kind }, process.stdout, paint);
  }
  return url;
}
