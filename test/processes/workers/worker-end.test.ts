/** The program of a worker, started by hand: what becomes of it when its end does not go as it should. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { createStoreHost } from "../../../src/store/remote/create-store-host.ts";
import { StoreError } from "../../../src/store/response-store.ts";
import { type FromWorker, tellWorker } from "../../../src/workers/control.ts";
import { createLink } from "../../../src/workers/create-link.ts";
import { toChannel } from "../../../src/workers/process-channel.ts";
import { createMemoryStores } from "../../store/remote/memory-stores.ts";

const program = fileURLToPath(new URL("../../../dist/cli/workers/worker-main.js", import.meta.url));

test.each(["retire", "stop"] as const)(
  "a worker that is told to %s ends, also where the stores fail, and says why",
  async (what) => {
    const worker = fork(program, {
      cwd: tmpdir(),
      env: { PATH: process.env["PATH"], HOME: tmpdir() },
      silent: true,
    });
    let log = "";
    worker.stdout?.on("data", (text) => {
      log += String(text);
    });
    const exited = once(worker, "exit");
    const link = createLink(
      toChannel({
        send: (message, callback) => worker.send(message as object, callback),
        on: (event, take) => worker.on(event, take),
        once: (event, end) => worker.once(event, end),
      }),
    );
    const stores = createMemoryStores(Date.now);
    const limits = {
      ...stores.limits,
      flush: () => Promise.reject(new StoreError("disk-full", new Error("no space left"))),
    };
    const host = createStoreHost({ ...stores, limits }, { log: { error() {} }, startTimer: () => () => {} });
    const control = link.lane("control");
    // It asks nobody what others did.
    link.lane("survey").onMessage((message) => {
      const { ask } = message as { readonly ask: number };
      link.lane("survey").send({ ask, answers: [] });
    });
    control.onMessage((message) => {
      const told = message as FromWorker;
      if ("ready" in told) {
        host.serve(link.lane("stores"));
        const environment = { SERVER_ADDRESS: "127.0.0.1:0", CONFIG_FILE: "none", LOG_FORMAT: "json" };
        tellWorker(control, {
          start: { worker: 1, environment, secret: "secret-of-this-test", gateway: "one" },
        });
      }
      if ("listening" in told) tellWorker(control, { do: what });
    });
    expect(await exited).toEqual([1, null]);
    expect(log).toContain("worker 1 could not end as it should");
    host.close();
  },
);
