import type { Environment } from "../config-file/index.ts";
import type { Config } from "../config.ts";
import { createMemoryStores } from "../store/open-stores.ts";
import { createServices, type Services } from "../services.ts";

/**
 * Runs one task with the gateway's services but without its server. `environment` is what `${NAME}` in the configuration
 * file stands for. Ctrl-C aborts `signal`, so that the upstream request ends too; the services are closed in every case.
 */
export async function withServices<T>(
  config: Config,
  environment: Environment,
  task: (services: Services, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop);
  const services = await createServices(
    { ...config, LOG_LEVEL: "silent" },
    // What a gateway keeps is that gateway's.
    { environment, stores: createMemoryStores(config, { now: Date.now }) },
  );
  try {
    return await task(services, controller.signal);
  } finally {
    process.off("SIGINT", stop);
    await services.close();
  }
}
