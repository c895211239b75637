import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { connectStores, type RemoteStores } from "../../../src/store/remote/connect-stores.ts";
import { createLink } from "../../../src/workers/create-link.ts";

/** What a test sends to the process: the batch of a link, the beginning of one (with settings) or its end (with neither). */
export interface HostMessage {
  readonly name: string;
  /** What its clock shows, ms since the epoch. */
  readonly time: number;
  readonly settings?: { readonly days?: number; readonly capacity?: number };
  readonly batch?: unknown;
}

/** A process that has stores. */
export interface Host extends AsyncDisposable {
  /** Connects to stores of its own, which are empty. */
  open(
    now: () => number,
    settings?: HostMessage["settings"],
  ): Promise<RemoteStores & { end(this: void): void }>;
}

/** Starts one process for all tests of a file. */
export async function startHost(): Promise<Host> {
  const [folder, extension] = process.features.typescript ? ["src/", ".ts"] : ["dist/", ".js"];
  const root = new URL(`../../../${folder}`, import.meta.url).href;
  const child = fork(
    fileURLToPath(new URL("host-process.js", import.meta.url)),
    [JSON.stringify({ root, extension })],
    { stdio: "inherit", execArgv: [] },
  );
  // What is sent before it listens would be lost on Node 20.
  await once(child, "message");
  const takers = new Map<string, (batch: unknown) => void>();
  let opened = 0;
  child.on("message", ({ name, batch }: HostMessage) => takers.get(name)?.(batch));
  return {
    async open(now, settings = {}) {
      opened += 1;
      const name = `room ${opened}`;
      const send = (message: object) => void child.send({ name, time: now(), ...message });
      const link = createLink({
        send: (batch) => send({ batch }),
        onMessage: (take) => void takers.set(name, take),
        onClose: (end) => void child.once("exit", end),
      });
      const stores = connectStores(link.lane("stores"), { process: "guest", now });
      send({ settings });
      await stores.ready;
      return { ...stores, keys: stores.keys, ledger: stores.ledger, end: () => send({}) };
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
