import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { compileCache } from "../compile-cache.ts";
import type { AnyJson } from "../post.ts";
import { program } from "../program.ts";

/** A gateway as it is started from a shell: one process, or with `WORKERS` several. */
export interface TeamGateway extends AsyncDisposable {
  /** Without `/v1`. */
  readonly url: string;
  readonly pid: number;
  /** All that it has written so far, its workers too. */
  readonly written: () => string;
  /** The log lines of an event so far. */
  readonly linesOf: (event: string) => readonly AnyJson[];
  /** -9. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Asks it to end; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** What all gateways of a team have in common, unless told otherwise. */
export const adminToken = "admin-of-this-team";

/** What the log says when it listens: as JSON, and for people. */
const ready = /"event":"start".*?"address":"([^"]+)"| is listening at (http\S+)/;

/** How a gateway is started. */
export interface GatewayOptions {
  /** Its settings. Secrets may be in them. */
  readonly settings: Readonly<Record<string, string>>;
  /** The program's file. Default: the one that tests run. */
  readonly entry?: string | undefined;
}

/** Starts one at a free port, in an empty folder of its own. Rejects with what it said if it ends instead. Use `await using`. */
export async function startGateway({ settings, entry = program }: GatewayOptions): Promise<TeamGateway> {
  const folder = await mkdtemp(join(tmpdir(), "team-"));
  const child = spawn(process.execPath, [entry, "serve"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      NO_PROXY: "127.0.0.1",
      NODE_COMPILE_CACHE: compileCache,
      SERVER_ADDRESS: "127.0.0.1:0",
      CONFIG_FILE: "none",
      ADMIN_TOKEN: adminToken,
      LOG_FORMAT: "json",
      LOG_LEVEL: "info",
      IMAGE_POLL_MS: "20",
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const ended = Promise.all([once(child, "exit"), once(child.stdout, "close")]).then(
    ([[code]]) => code as number | null,
  );
  const started = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const address = ready.exec(line)?.slice(1).find(Boolean);
        if (address !== undefined) resolve(address);
      });
    }
  });
  const written = (): string => lines.join("\n");
  const url = await Promise.race([
    started,
    ended.then((code) => Promise.reject(new Error(`the gateway ended with ${code}: ${written()}`))),
  ]);

  return {
    url,
    pid: child.pid ?? 0,
    written,
    linesOf: (event) =>
      lines.filter((line) => line.includes(`"event":"${event}"`)).map((line) => JSON.parse(line)),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
