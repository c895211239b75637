import type { RunStore } from "../../src/responses/run-store.ts";
import { createMemoryStore } from "../../src/store/memory-store.ts";
import { createMemoryRuns, type MemoryRunsOptions } from "../../src/store/memory/memory-runs.ts";
import { type ResponseStore, StoreError } from "../../src/store/response-store.ts";
import { createVirtualTime, type VirtualTime } from "./create-virtual-time.ts";
import { get, type AnyJson } from "./post.ts";
import { startStack, type Stack } from "./start-stack.ts";

/** One of several gateways on the same stores. */
export interface Member extends Stack {
  /** From now on it neither says nor learns anything, as if it had been frozen; until it goes on. */
  freeze(): void;
  thaw(): void;
  /** Its stores can't be reached, or can be again. */
  readonly stores: { areAway: boolean };
}

/** Several gateways that share their stores, and a time that the test lets pass. */
export interface Fleet extends AsyncDisposable {
  readonly members: readonly [Member, Member, Member];
  readonly time: VirtualTime;
  readonly runs: RunStore;
  readonly store: ResponseStore;
  /** Asks one of them for a response until it has a status. */
  waitFor(member: Stack, id: string, status: string): Promise<AnyJson>;
}

/** What is done with each call of a store: it may wait, or reject. */
export type Passage = (name: string) => Promise<void>;

/** Every call of a store goes through the passage first. */
function guard<T extends object>(store: T, passage: Passage): T {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        await passage(String(name));
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

/** Starts three. Use `await using`. */
export async function startFleet(
  options: {
    readonly bounds?: MemoryRunsOptions["bounds"];
    /** Of the first one's store of responses. */
    readonly passage?: Passage;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Fleet> {
  const time = createVirtualTime();
  const runs = createMemoryRuns({ now: time.now, ...(options.bounds && { bounds: options.bounds }) });
  const shared = createMemoryStore(100);
  const store: ResponseStore = { ...shared, isShared: true, close: async () => {} };

  async function start(index: number): Promise<Member> {
    const { startTimer, stop, goOn } = time.createProcess();
    const stores = { areAway: false };
    const passage: Passage = async (name) => {
      if (stores.areAway) throw new StoreError("unavailable", new Error("away"));
      if (index === 0) await options.passage?.(name);
    };
    const stack = await startStack({
      ...(options.env && { env: options.env }),
      overrides: {
        store: guard(store, passage),
        sharedRuns: { runs: guard(runs, passage), process: `process_${index}`, startTimer },
      },
    });
    return { ...stack, stores, freeze: stop, thaw: goOn };
  }

  const members = [await start(0), await start(1), await start(2)] as const;
  async function close(): Promise<void> {
    for (const member of members) {
      member.thaw();
      member.stores.areAway = false;
    }
    await time.until(Promise.all(members.map((member) => member.close())));
  }
  return {
    members,
    time,
    runs,
    store,
    async waitFor(member, id, status) {
      for (;;) {
        const reply = await time.until(get(`${member.url}/v1/responses/${id}`));
        if (reply.json().status === status) return reply.json();
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
