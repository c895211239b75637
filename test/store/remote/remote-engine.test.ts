import { afterAll, beforeAll, describe } from "vitest";

import { connectStores } from "../../../src/store/remote/connect-stores.ts";
import { createStoreHost } from "../../../src/store/remote/create-store-host.ts";
import { createLinkPair } from "../../support/link-pair.ts";
import type { OpenEngine } from "../contract/engine.ts";
import { keyContract } from "../contract/key-contract.ts";
import { type LedgerEngine, testLedger } from "../contract/ledger-contract.ts";
import { limitsContract } from "../contract/limits-contract.ts";
import { limitsModelContract } from "../contract/limits-model.ts";
import { createMemoryStores } from "./memory-stores.ts";
import { type Host, startHost } from "./start-host.ts";

/** Stores behind a channel within this process. */
async function openPair(
  now: () => number,
  settings: { readonly days?: number; readonly capacity?: number } = {},
) {
  const pair = createLinkPair();
  const [here, there] = pair.links;
  const log = {
    error(fields: object, text: string) {
      expectedErrors.push([fields, text]);
    },
  };
  const host = createStoreHost(createMemoryStores(now, settings), { log, startTimer: () => () => {} });
  host.serve(there.lane("stores"));
  const stores = connectStores(here.lane("stores"), { process: "guest", now });
  await stores.ready;
  return { ...stores, keys: stores.keys, ledger: stores.ledger, end: pair.close };
}

/** Mistakes of callers, which the contract makes. */
const expectedErrors: unknown[] = [];

type Open = typeof openPair;

const toEngine =
  (open: Open): OpenEngine =>
  async (now) => {
    const { keys, limits, end } = await open(now);
    return {
      keys,
      limits,
      async [Symbol.asyncDispose]() {
        end();
      },
    };
  };

const none = () => Promise.reject(new Error("memory alone"));

const toLedgerEngine = (open: Open): LedgerEngine => ({
  isKept: false,
  async open({ now, days, cramped }) {
    const stores = await open(now, { days, ...(cramped ? { capacity: 1000 } : {}) });
    async function close() {
      await stores.close();
      stores.end();
    }
    return { ledger: stores.ledger, prune: async () => {}, hold: none, reopen: none, close };
  },
});

let host: Host;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host[Symbol.asyncDispose]());

const places: readonly (readonly [name: string, open: Open])[] = [
  ["behind a channel", openPair],
  ["of another process", (now, settings) => host.open(now, settings)],
];

for (const [name, open] of places) {
  const engine = toEngine(open);
  describe(`keys ${name}`, () => keyContract(engine, 50));
  describe(`limits ${name}`, () => {
    limitsContract(engine);
    limitsModelContract(engine, 50);
  });
  testLedger(name, toLedgerEngine(open));
}
