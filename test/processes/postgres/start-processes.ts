import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { Limit } from "../../../src/access/limits.ts";

/** What a process can be told to do. */
export interface ProcessDeeds {
  /** Reserves `amount` of each limit for `count` requests at once; resolves with how many passed. */
  reserve(wish: {
    readonly limits: readonly Limit[];
    readonly amount: number;
    readonly count: number;
  }): Promise<number>;
  /** Has so many clients each ask so often, and settles; resolves with the tokens that were settled. */
  work(wish: {
    readonly limits: readonly Limit[];
    readonly amount: number;
    readonly clients: number;
    readonly turns: number;
  }): Promise<number>;
}

/** A process that shares a database, as a gateway does. */
export interface GatewayProcess extends ProcessDeeds {
  /** Ends it as nobody can be warned of: -9. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

const kind = process.features.typescript
  ? "src/store/postgres/open-postgres-stores.ts"
  : "dist/store/postgres/open-postgres-stores.js";

async function ask(child: ChildProcess, message: object): Promise<unknown> {
  const answered = once(child, "message");
  child.send(message);
  const [{ answer }] = (await answered) as [{ answer: unknown }];
  return answer;
}

/** Starts processes on a database. Each does one thing at a time. */
export function startProcesses(
  url: string,
  names: readonly string[],
  leaseMs: number,
): Promise<readonly GatewayProcess[]> {
  const module = new URL(`../../../${kind}`, import.meta.url).href;
  return Promise.all(
    names.map(async (name) => {
      const child = fork(
        fileURLToPath(new URL("./gateway-process.js", import.meta.url)),
        [JSON.stringify({ module, url, name, leaseMs })],
        { stdio: "inherit", execArgv: [] },
      );
      await once(child, "message");
      return {
        reserve: async (wish) => Number(await ask(child, { deed: "reserve", ...wish })),
        work: async (wish) => Number(await ask(child, { deed: "work", ...wish })),
        async kill() {
          const ended = once(child, "exit");
          child.kill("SIGKILL");
          await ended;
        },
        async close() {
          const ended = once(child, "exit");
          await ask(child, { deed: "close" });
          await ended;
        },
      } satisfies GatewayProcess;
    }),
  );
}
