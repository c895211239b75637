import { LRUCache } from "lru-cache";

import type { LedgerActivity } from "../../ledger/activity.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { RequestObserver } from "../request-observer.ts";
import type { Window } from "./spans.ts";

/** What happened in a window. */
export interface ReadActivity {
  readonly window: Window;
  readonly activity: LedgerActivity;
}

/** Asks the ledger for what many want to see again and again. */
export interface ActivityReader {
  /** Learns that something has happened. */
  readonly observer: RequestObserver;
  /**
   * What happened in a window, of a key or of all; `name` tells windows of one kind from others. Of a ledger that is slow it is what was last
   * read, while it is read anew. Rejects with `StoreError` as the ledger does.
   */
  read(name: string, window: Window, key: string | undefined): Promise<ReadActivity>;
}

/** One reading of the ledger. */
interface Reading {
  readonly version: number;
  readonly begun: number;
  /** How long the ledger took; `undefined`: it is still at it. */
  took: number | undefined;
  readonly answer: Promise<ReadActivity>;
}

/** The newest reading, and the one before it, which is told as long as the newest takes too long to wait for. */
interface Entry {
  readonly newest: Reading;
  readonly before: Reading | undefined;
}

/** So many questions are remembered: four spans and a pace for each of some keys. */
const remembered = 100;
/** A ledger is asked for no more than a twentieth of the time. */
const restOfWork = 20;
/** What other processes noted, and what is only written by now, is seen after so long. */
const staleMs = 1000;
/** Nobody waits for longer where there is something to show. */
const slowMs = 100;

/** Creates a reader. `clock` in ms, from any beginning. */
export function createActivityReader(
  ledger: Pick<Ledger, "activity">,
  clock: () => number = () => performance.now(),
): ActivityReader {
  const entries = new LRUCache<string, Entry>({ max: remembered });
  let version = 0;

  function isFresh(reading: Reading): boolean {
    if (reading.took === undefined) return true;
    const age = clock() - reading.begun;
    if (age < reading.took * restOfWork) return true;
    return reading.version === version && age < staleMs;
  }

  function start(window: Window, key: string | undefined): Reading {
    const begun = clock();
    const { from, to, stepMs } = window;
    const answer = ledger
      .activity({ from, to, stepMs, ...(key === undefined ? {} : { key }) })
      .then((activity) => ({ window, activity }));
    const reading: Reading = { version, begun, took: undefined, answer };
    const note = () => {
      reading.took = clock() - begun;
    };
    answer.then(note, note);
    return reading;
  }

  return {
    observer: {
      end() {
        version += 1;
      },
    },
    read(name, window, key) {
      const id = JSON.stringify([name, key]);
      const known = entries.get(id);
      const entry =
        known !== undefined && isFresh(known.newest)
          ? known
          : { newest: start(window, key), before: known?.newest };
      entries.set(id, entry);
      const { newest, before } = entry;
      const isSlow = newest.took === undefined && before?.took !== undefined && before.took > slowMs;
      return isSlow ? before.answer : newest.answer;
    },
  };
}
