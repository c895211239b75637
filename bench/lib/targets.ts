import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { allOn } from "./all-on.ts";
import type { Address } from "./client.ts";
import { startProcess, type Started } from "./start-process.ts";

/** What a column of the table is. */
export type Kind = "floor" | "gateway" | "all on" | "compatible" | "peer";

/** Something that is measured. */
export interface Target extends Address, Started {
  /** The column's title. */
  readonly name: string;
  readonly kind: Kind;
  /** What requests call the model. */
  readonly model: string;
}

/** How a target is started; again and again where starting is measured. */
export interface TargetPlan {
  readonly name: string;
  readonly kind: Kind;
  start(options?: { readonly probe?: boolean }): Promise<Target>;
}

const scratch = mkdtempSync(join(tmpdir(), "akashchat-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;

/** An empty folder that goes with this process. */
export function createFolder(): string {
  folders += 1;
  const folder = join(scratch, String(folders));
  mkdirSync(folder);
  return folder;
}

const json = { "content-type": "application/json" };

/** Node's floor. */
export function planFloor(upstream: string): TargetPlan {
  const plan = { name: "floor", kind: "floor", model: "bench", headers: json } as const;
  return {
    ...plan,
    start: async (options) => ({
      ...plan,
      ...(await startProcess({ args: [resolve("bench/minimal-proxy.ts"), upstream], ...options })),
    }),
  };
}

/** A gateway built at `path` (`dist/main.js`), with default settings but for what its `kind` says. */
export function planGateway(
  path: string,
  upstream: string,
  { name, kind = "gateway" }: { name: string; kind?: Exclude<Kind, "floor" | "peer"> },
): TargetPlan {
  const plan = { name, kind, model: "bench", headers: json };
  return {
    ...plan,
    async start(options) {
      // Its own, since .env and gateway.yaml are read where it is started.
      const cwd = createFolder();
      if (kind === "compatible") {
        const entry = `{ name: compatible, type: openai, base_url: "${upstream}/v1", api_key: bench }`;
        writeFileSync(join(cwd, "gateway.yaml"), `upstreams:\n  - ${entry}\n`);
      }
      const env = {
        SERVER_ADDRESS: "127.0.0.1:0",
        AKASH_BASE_URL: upstream,
        LOG_FORMAT: "json",
        XDG_CONFIG_HOME: cwd,
        HOME: cwd,
        // All but the first start find what was compiled, as with a gateway that has been started before.
        XDG_CACHE_HOME: scratch,
        ...(kind === "all on" && allOn.settings(join(cwd, "data"))),
      };
      // Metrics have an address of their own, which is told first.
      const ready = /(?<="event":"start".*"address":")[^"]+/;
      const started = await startProcess({ args: [resolve(path), "serve"], env, cwd, ready, ...options });
      if (kind !== "all on") return { ...plan, ...started };
      const authorization = `Bearer ${await allOn.createKey(started.url)}`;
      return { ...plan, headers: { ...json, authorization }, ...started };
    },
  };
}
