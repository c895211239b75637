import type { Spent } from "../../access/limits.ts";
import type { Channel } from "../../stream/channel.ts";
import type { StartTimer } from "../../stream/with-idle-timeout.ts";
import { StoreError, type StoredResponse, tryToStore } from "../response-store.ts";
import type { Stores } from "../stores.ts";
import { type FromStores, rowStep, type ToStores } from "./protocol.ts";
import { type CallName, storeCalls } from "./store-calls.ts";
import { isUnfinished, toLost } from "./to-lost.ts";

/** What a host needs. */
export interface StoreHostOptions {
  readonly log: { error(fields: object, text: string): void };
  readonly startTimer: StartTimer;
}

/** Lets other processes use the stores of this one. */
export interface StoreHost {
  /**
   * Serves the process at the other end until it is gone. Then what it had reserved is given back, and responses that it had begun
   * end as failed.
   */
  serve(channel: Channel): void;
  /** Looks at nothing any more; the stores stay their owner's. */
  close(): void;
}

/** How often it is seen that somebody else changed the keys, in ms. */
const freshMs = 1000;
const nothing: Spent = { tokens: 0, nanoUsd: 0 };

/** Creates the host of these stores. */
export function createStoreHost(stores: Stores, { log, startTimer }: StoreHostOptions): StoreHost {
  const guests = new Set<Channel>();
  let toldEmpty = stores.keys.isEmpty;
  let stopTimer = startTimer(freshMs, look);

  /** Before whoever made the change is answered, so that from then on nobody has what was before. */
  function tellOfKeys(): void {
    toldEmpty = stores.keys.isEmpty;
    for (const guest of guests) say(guest, { keys: { isEmpty: toldEmpty } });
  }

  function look(): void {
    if (stores.keys.isEmpty !== toldEmpty) tellOfKeys();
    stopTimer = startTimer(freshMs, look);
  }

  /** An error as it may cross: what a store says, and of all else nothing but that it is in the log. */
  function toFailure(error: unknown): { readonly problem: StoreError["problem"]; readonly message: string } {
    if (error instanceof StoreError) return { problem: error.problem, message: error.message };
    log.error({ err: error }, "a store failed for another process");
    return { problem: "unavailable", message: new StoreError("unavailable", error).message };
  }

  function tell(error: unknown): void {
    log.error({ err: error }, "background responses of a process that is gone could not be taken over");
  }

  function serve(channel: Channel): void {
    /** Reservations that are not settled, and responses that have not ended. */
    const reserved = new Set<string>();
    const begun = new Map<string, StoredResponse>();
    let rows = 0;
    let isGone = false;
    /** By what it is known among those that share background responses. */
    let process: string | undefined;

    /** What a call that succeeded leaves to be done if the process dies. */
    function note(name: CallName, [of]: readonly unknown[], value: unknown): void {
      // What calls of these names are made with.
      if (name === "limits.reserve" && value === undefined) {
        const { id } = of as { readonly id: string };
        if (isGone) stores.limits.settle(id, nothing);
        else reserved.add(id);
      } else if (name === "responses.put") {
        const stored = of as StoredResponse;
        if (!isUnfinished(stored)) begun.delete(stored.id);
        else if (isGone) void end(stored);
        else begun.set(stored.id, stored);
      } else if (name === "responses.delete") begun.delete(String(of));
      else if (name === "runs.begin" || name === "runs.append" || name === "runs.reap") process = String(of);
    }

    async function end(stored: StoredResponse): Promise<void> {
      await tryToStore(stores.responses, toLost(stored), log);
    }

    async function answer(id: number, name: CallName, of: readonly unknown[]): Promise<void> {
      // The other side takes its arguments from the same table.
      const call = storeCalls[name] as (stores: Stores, ...of: readonly unknown[]) => Promise<unknown>;
      const changesKeys = ["keys.create", "keys.change", "keys.prune"].includes(name);
      try {
        const value = await call(stores, ...of);
        note(name, of, value);
        if (changesKeys) tellOfKeys();
        say(channel, { id, value });
      } catch (error) {
        // It may have been done all the same.
        if (changesKeys) tellOfKeys();
        say(channel, { id, failed: toFailure(error) });
      }
    }

    function take(message: ToStores): void {
      if ("call" in message) void answer(message.id, message.call, message.of);
      else if ("settle" in message) {
        const [id, tokens, nanoUsd] = message.settle;
        reserved.delete(id);
        stores.limits.settle(id, { tokens, nanoUsd });
      } else if ("trace" in message) stores.traces.put(message.trace);
      else {
        stores.ledger.add(message.row);
        rows += 1;
        if (rows === rowStep) {
          say(channel, { rows });
          rows = 0;
        }
      }
    }

    guests.add(channel);
    const { keys, place, runs } = stores;
    say(channel, { keys: { isEmpty: keys.isEmpty }, place, hasRuns: runs !== undefined });
    channel.onMessage((message) => take(message as ToStores));
    channel.onClose(() => {
      isGone = true;
      guests.delete(channel);
      for (const id of reserved) stores.limits.settle(id, nothing);
      for (const stored of begun.values()) void end(stored);
      // What it ran in the background another takes over at once.
      if (process !== undefined) void stores.runs?.leave(process).catch(tell);
    });
  }

  return { serve, close: () => stopTimer() };
}

function say(channel: Channel, message: FromStores): void {
  channel.send(message);
}
