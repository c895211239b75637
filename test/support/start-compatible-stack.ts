import {
  startCompatibleSimulator,
  type CompatibleSimulator,
  type CompatibleSimulatorOptions,
} from "../../src/simulator/compatible/index.ts";
import { startConfigured, type Configured } from "./start-configured.ts";

/** The real gateway with no upstream but a server that speaks OpenAI's API, on real sockets. */
export interface CompatibleStack extends AsyncDisposable {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  readonly server: CompatibleSimulator;
  readonly gateway: Configured["gateway"];
  close(): Promise<void>;
}

/** Starts such a stack; the upstream's name is `mine`. Use `await using`, or `close`. */
export async function startCompatibleStack(
  simulator: CompatibleSimulatorOptions,
  options: {
    readonly env?: Readonly<Record<string, string>>;
    /** More keys of the upstream, such as `first_byte_timeout_ms: 1000`; its key is the simulator's. */
    readonly keys?: string;
  } = {},
): Promise<CompatibleStack> {
  const server = await startCompatibleSimulator(simulator);
  const type = typeOf(simulator);
  const key = simulator.apiKey ?? (type === "openrouter" ? "any" : undefined);
  const keys = ["name: mine", `type: ${type}`, `base_url: "${server.baseUrl}"`, options.keys];
  if (key !== undefined) keys.push(`api_key: ${key}`);
  const upstream = keys.filter((key) => key !== undefined).join(", ");
  const configured = await startConfigured(
    `upstreams: [{ ${upstream} }]\n`,
    options.env === undefined ? {} : { env: options.env },
  );
  const { url, gateway } = configured;
  async function close(): Promise<void> {
    await configured.close();
    await server.close();
  }
  return { url, server, gateway, close, [Symbol.asyncDispose]: close };
}

/** What lists tell of, any type finds out by itself; others are told by their hosts, which a simulator has not. */
function typeOf({ persona }: CompatibleSimulatorOptions): string {
  return persona === "tgi" || persona === "openrouter" ? persona : "openai";
}
