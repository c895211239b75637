import { readConfig } from "../config.ts";
import { startSimulator } from "../simulator/index.ts";
import { serve } from "./serve.ts";

/**
 * Starts a simulator of Akash Chat and a gateway over it, offline. All settings but those of upstreams are
 * taken from `environment`. `simulatorPort` 0 takes a free port.
 */
export async function demo(
  environment: Readonly<Record<string, string | undefined>>,
  simulatorPort: number,
): Promise<void> {
  const simulator = await startSimulator({ port: simulatorPort, pace: 25 });
  try {
    const config = readConfig({
      ...environment,
      AKASH_BASE_URL: simulator.url,
      AKASH_ACCESS_TOKEN: undefined,
      AKASH_COOKIE: undefined,
      AKASHML_API_KEY: undefined,
      AKASHML_BASE_URL: undefined,
      COMPATIBLE_BASE_URL: undefined,
      COMPATIBLE_API_KEY: undefined,
      CONFIG_FILE: "none",
    });
    // Standard output is the log's, whose readers take nothing but JSON.
    const { stdout, stderr } = process;
    (stdout.isTTY ? stdout : stderr).write(
      `Demo: answers come from a simulator at ${simulator.url}, not from Akash Chat.\n`,
    );
    await serve(config, { environment, beforeExit: () => simulator.close(), kind: "demo" });
  } catch (error) {
    // It would keep the process alive.
    await simulator.close();
    throw error;
  }
}
