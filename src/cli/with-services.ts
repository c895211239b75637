import { resolve } from "node:path";

import { findConfigFile } from "../config-file/find-config-file.ts";
import type { Environment } from "../config-file/index.ts";
import type { Config } from "../config.ts";
import { createMemoryStores } from "../store/open-stores.ts";
import { createServices, type Services } from "../services.ts";
import { readProxies } from "../upstreams/http/read-proxies.ts";
import type { Terminal } from "./terminal.ts";

/** What commands are given that ask upstreams themselves. */
export interface ServicesOptions {
  readonly terminal: Terminal;
  /** What `${NAME}` in the configuration file stands for: the terminal's environment, and more that files have. */
  readonly variables: Environment;
}

/**
 * Creates the gateway's services without what a gateway keeps, which is that gateway's. The paths of the configuration begin in the
 * terminal's folder, and proxies are those of its environment.
 */
export function openServices(config: Config, { terminal, variables }: ServicesOptions): Promise<Services> {
  const { environment, folder } = terminal;
  const { DATA_DIR } = config;
  const whole: Config = {
    ...config,
    CONFIG_FILE: findConfigFile(config, folder).path ?? "none",
    DATA_DIR: DATA_DIR === undefined ? undefined : resolve(folder, DATA_DIR),
    LOG_LEVEL: "silent",
  };
  return createServices(whole, {
    environment: variables,
    proxy: readProxies(environment),
    stores: createMemoryStores(whole, { now: Date.now }),
  });
}

/**
 * Runs one task with the gateway's services but without its server. Ctrl-C aborts `signal`, so that the upstream request ends
 * too; the services are closed in every case.
 */
export async function withServices<T>(
  config: Config,
  options: ServicesOptions,
  task: (services: Services, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signals } = options.terminal;
  const controller = new AbortController();
  const stop = () => controller.abort();
  signals.once("SIGINT", stop);
  try {
    const services = await openServices(config, options);
    try {
      return await task(services, controller.signal);
    } finally {
      await services.close();
    }
  } finally {
    signals.off("SIGINT", stop);
  }
}
