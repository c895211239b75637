import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readConfig } from "../../src/config.ts";
import { createGateway, type Gateway } from "../../src/gateway.ts";
import type { Overrides } from "../../src/services.ts";
import {
  startCompatibleSimulator,
  type CompatibleSimulator,
  type CompatibleSimulatorOptions,
} from "../../src/simulator/compatible/index.ts";

/** One upstream of a gateway: a server that is played, and what the configuration says of it. */
export interface PlayedUpstream extends CompatibleSimulatorOptions {
  readonly name: string;
  /** As in gateway.yaml. Default `openai`. */
  readonly type?: string;
}

/** A gateway over servers with OpenAI's API, by a gateway.yaml, on real sockets. */
export interface Over extends AsyncDisposable {
  /** The gateway's base URL, without `/v1`. */
  readonly url: string;
  readonly gateway: Gateway;
  /** By the upstream's name. Throws for another one. */
  server(name: string): CompatibleSimulator;
}

/** What else a gateway is started with. */
export interface OverOptions {
  /** More keys of its gateway.yaml; its `upstreams` stand before the played ones. */
  readonly file?: {
    readonly upstreams?: readonly object[];
    readonly models?: object;
    readonly aliases?: object;
  };
  readonly env?: Readonly<Record<string, string>>;
  readonly overrides?: Overrides;
}

/** Starts a gateway over these servers, in their order. */
export async function startOver(
  upstreams: readonly PlayedUpstream[],
  { file: more = {}, env, overrides }: OverOptions = {},
): Promise<Over> {
  const folder = await mkdtemp(join(tmpdir(), "gateway-over-"));
  const servers = new Map<string, CompatibleSimulator>();
  for (const { name, type: _type, ...played } of upstreams) {
    servers.set(name, await startCompatibleSimulator(played));
  }
  const file = join(folder, "gateway.yaml");
  const entries = upstreams.map(({ name, type = "openai" }) => ({
    name,
    type,
    base_url: servers.get(name)?.baseUrl,
    ...(type === "akashml" || type === "openrouter" ? { api_key: "any" } : {}),
  }));
  // JSON is YAML.
  await writeFile(file, JSON.stringify({ ...more, upstreams: [...(more.upstreams ?? []), ...entries] }));
  const config = readConfig({
    SERVER_ADDRESS: "127.0.0.1:0",
    CONFIG_FILE: file,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
    ...env,
  });
  const gateway = await createGateway(config, overrides);
  const url = await gateway.listen();
  return {
    url,
    gateway,
    server(name) {
      const server = servers.get(name);
      if (server === undefined) throw new Error(`There is no server ${name}.`);
      return server;
    },
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await Promise.all([...servers.values()].map((server) => server.close()));
      await rm(folder, { recursive: true });
    },
  };
}
