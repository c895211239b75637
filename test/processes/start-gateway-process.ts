import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A gateway in a process of its own. */
export interface GatewayProcess extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
  /** Ends it as nobody can be warned of: -9. */
  kill(): Promise<void>;
}

const folder = process.features.typescript ? { path: "src", end: "ts" } : { path: "dist", end: "js" };

function moduleOf(name: string): string {
  return new URL(`../../${folder.path}/${name}.${folder.end}`, import.meta.url).href;
}

/** Starts a gateway on a database, in front of an upstream. */
export async function startGatewayProcess(databaseUrl: string, upstreamUrl: string): Promise<GatewayProcess> {
  const modules = {
    gateway: moduleOf("gateway"),
    config: moduleOf("config"),
  };
  const settings = {
    SERVER_ADDRESS: "127.0.0.1:0",
    CONFIG_FILE: "none",
    AKASH_BASE_URL: upstreamUrl,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: "silent",
    SHUTDOWN_TIMEOUT_MS: "0",
  };
  const child = fork(
    fileURLToPath(new URL("./gateway-process.js", import.meta.url)),
    [JSON.stringify({ modules, settings })],
    { stdio: "inherit", execArgv: [] },
  );
  const ended = once(child, "exit");
  const [url] = (await Promise.race([
    once(child, "message"),
    ended.then(() => Promise.reject(new Error("the gateway did not start"))),
  ])) as [string];
  return {
    url,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    async [Symbol.asyncDispose]() {
      if (child.connected) child.send("close");
      await ended;
    },
  };
}
