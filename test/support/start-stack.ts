import { readConfig } from "../../src/config.ts";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import type { Overrides } from "../../src/services.ts";
import { startSimulator, type Simulator, type SimulatorOptions } from "../../src/simulator/index.ts";

/** What a stack is made from. */
export interface StackOptions {
  /** Settings of the gateway; the address is a free port and the log is silent unless given here. */
  readonly env?: Readonly<Record<string, string>>;
  readonly simulator?: SimulatorOptions;
  readonly overrides?: Overrides;
  /** The gateway's upstream, made from the simulator's URL. Default: that URL. */
  readonly baseUrl?: (simulatorUrl: string) => string;
}

/** Where no page was built, so that tests don't depend on what was. */
export const noPage = new URL("./no-page/", import.meta.url);

/** The real gateway over the real simulator, on real sockets. */
export interface Stack extends AsyncDisposable {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  readonly simulator: Simulator;
  readonly gateway: Gateway;
  close(): Promise<void>;
}

/** Starts a stack. Use `await using`, or `close`. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const simulator = await startSimulator(options.simulator);
  const config = readConfig({
    SERVER_ADDRESS: "127.0.0.1:0",
    CONFIG_FILE: "none",
    AKASH_BASE_URL: options.baseUrl?.(simulator.url) ?? simulator.url,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
    IMAGE_POLL_MS: "10",
    ...options.env,
  });
  const gateway = await createGateway(config, {
    consoleFolder: noPage,
    referenceFolder: noPage,
    ...options.overrides,
  });
  const url = await gateway.listen();
  async function close(): Promise<void> {
    await gateway.close();
    await simulator.close();
  }
  return { url, simulator, gateway, close, [Symbol.asyncDispose]: close };
}
