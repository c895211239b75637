import type { Environment, ReloadOutcome } from "../config-file/index.ts";
import type { Config } from "../config.ts";
import { createGateway, type Gateway } from "../gateway.ts";
import { createPaint, hasColours } from "../pretty/create-paint.ts";
import { createPacer } from "../completion/create-pacer.ts";
import { loadTokenTables } from "../shaping/count-tokens.ts";
import { flushCompileCache } from "../enable-compile-cache.ts";
import { releaseYoungSpace } from "../young-space.ts";
import { logStart } from "./log-start.ts";
import { prepareLater } from "./prepare-later.ts";
import { loadSchemaRules } from "../shaping/schema/judge-schema.ts";
import { stopOnSignals } from "./stop-on-signals.ts";
import { tuneEngine } from "./tune-engine.ts";
import { showBanner, type BannerKind } from "./banner.ts";

/** After the start and after the first request, when what has come by then has been answered. */
const preparationDelayMs = 500;

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
  if (config.BEARER_TOKEN === "" && !isOwnMachine(config.SERVER_ADDRESS.host)) {
    log.warn("BEARER_TOKEN is not set: whoever reaches this address can use the gateway.");
  }
  // One request that fails in an unforeseen place must not end the answers of all others.
  process.on("unhandledRejection", (error) => {
    log.error({ err: error }, "a failure that nobody waited for");
  });
  // Here the state of the process is unknown. The log shows less of the error than Node would: no headers, no keys.
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "an unforeseen failure ends the process");
    process.exit(1);
  });

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

  const url = await gateway.listen();
  prepareLater(gateway.app.server, {
    atRest: prepareAtRest,
    forAnswers: loadTables,
    onError: (error) => log.error({ err: error }, "what requests need could not be loaded"),
    wait: (expire) => void setTimeout(expire, preparationDelayMs).unref(),
  });
  logStart(gateway.services, config, url);
  if (process.stdout.isTTY) {
    const paint = createPaint(hasColours(true, process.env));
    showBanner({ gateway, config, url, kind }, process.stdout, paint);
  }
  return url;
}

/** Compiles what schemas are judged by, in the small space of the start; from then on V8 may take what a load wants. */
function prepareAtRest(): void {
  try {
    loadSchemaRules();
  } finally {
    releaseYoungSpace();
  }
  flushCompileCache();
}

async function loadTables(): Promise<void> {
  const pacer = createPacer(() => performance.now());
  await loadTokenTables(pacer.start(new AbortController().signal));
}

function isOwnMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
