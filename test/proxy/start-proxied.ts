import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { startPostgres } from "../support/postgres/start-postgres.ts";
import { startProgram } from "../support/run-program.ts";
import type { ProxyCommand } from "./proxies.ts";

/** Those that the gateways are started with. */
export const adminToken = "admin-of-this-check";
export const bearerToken = "operator-of-this-check";
export const metricsToken = "metrics-of-this-check";

/** A gateway in a process of its own. */
export interface GatewayProcess {
  readonly address: string;
  readonly child: ChildProcess;
  /** Resolves with the next line of its log that has this in it. */
  logged(part: string): Promise<string>;
  readonly exited: Promise<unknown>;
}

/** Two gateways on one database, and the proxy of `deploy/team` in front. */
export interface Proxied extends AsyncDisposable {
  /** The proxy's. */
  readonly url: string;
  readonly simulator: Simulator;
  readonly gateways: readonly GatewayProcess[];
  readonly proxy: ChildProcess;
  readonly proxyEnded: Promise<unknown>;
  /** Starts one again at the address that it had. */
  restart(index: number): Promise<void>;
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function startGateway(
  address: string,
  environment: Readonly<Record<string, string>>,
): Promise<GatewayProcess> {
  const child = startProgram(["serve"], { ...environment, SERVER_ADDRESS: address });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  child.stderr.pipe(process.stderr);
  await new Promise<void>((resolve, reject) => {
    reader.on("line", (line) => {
      lines.push(line);
      if (line.includes('"event":"start"')) resolve();
    });
    child.once("exit", () => reject(new Error(`A gateway did not start: ${lines.join("\n")}`)));
  });
  return {
    address,
    child,
    exited: once(child, "exit"),
    logged: (part) =>
      new Promise((resolve) => {
        reader.on("line", (line) => {
          if (line.includes(part)) resolve(line);
        });
      }),
  };
}

async function waitForProxy(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error("The proxy ended before it answered.");
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
  }
}

/** Starts all of it, with a proxy by this command. Use `await using`. */
export async function startProxied(findCommand: ProxyCommand): Promise<Proxied> {
  const home = await mkdtemp(join(tmpdir(), "check-proxy-"));
  const simulator = await startSimulator({ pace: 5 });
  const postgres = await startPostgres();
  const ports = [await findPort(), await findPort(), await findPort(), await findPort()] as const;
  const environment = {
    CONFIG_FILE: "none",
    AKASH_BASE_URL: simulator.url,
    DATABASE_URL: postgres.url("postgres"),
    ADMIN_TOKEN: adminToken,
    BEARER_TOKEN: bearerToken,
    METRICS_TOKEN: metricsToken,
    TRUSTED_PROXIES: "loopback",
    SHUTDOWN_DELAY_MS: "5000",
    LOG_FORMAT: "json",
    LOG_LEVEL: "info",
  };
  const gateways = await Promise.all(
    [ports[0], ports[1]].map((port) => startGateway(`127.0.0.1:${port}`, environment)),
  );
  const addresses = gateways.map(({ address }) => address);
  const [program = "", ...args] = await findCommand({ home, port: ports[2], gateways: addresses });
  const caddy = spawn(program, args, {
    env: {
      PATH: process.env["PATH"],
      HOME: home,
      XDG_CONFIG_HOME: home,
      XDG_DATA_HOME: home,
      CADDY_ADMIN: `127.0.0.1:${ports[3]}`,
      SITE_ADDRESS: `:${ports[2]}`,
      GATEWAYS: addresses.join(" "),
    },
    // What it logs is much, and said by what it answers.
    stdio: "ignore",
  });
  const proxyEnded = once(caddy, "exit");
  const url = `http://127.0.0.1:${ports[2]}`;
  await waitForProxy(url, caddy);
  return {
    url,
    simulator,
    gateways,
    proxy: caddy,
    proxyEnded,
    async restart(index) {
      const { address } = gateways[index] ?? { address: "" };
      gateways[index] = await startGateway(address, environment);
    },
    async [Symbol.asyncDispose]() {
      caddy.kill("SIGKILL");
      for (const { child } of gateways) child.kill("SIGKILL");
      await Promise.all(gateways.map(({ exited }) => exited));
      await postgres.close();
      await simulator.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
