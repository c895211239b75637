import { LRUCache } from "lru-cache";

import type { LedgerActivity } from "../../ledger/activity.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { RequestObserver } from "../request-observer.ts";
import type { Window } from "./spans.ts";

/** What happened in a window, and when the ledger was asked. */
export interface ReadActivity {
  readonly window: Window;
  readonly activity: LedgerActivity;
}

/** Asks the ledger for what many want to see again and again. */
export interface ActivityReader {
  /** Learns that something has happened. */
  readonly observer: RequestObserver;
  /** What happened in a window, of a key or of all. Rejects with `StoreError` as the ledger does. */
  read(name: string, window: Window, key: string | undefined): Promise<ReadActivity>;
}

interface Entry {
  readonly version: number;
  readonly begun: number;
  /** How long the ledger took; `undefined`: it is still at it. */
  took: number | undefined;
  readonly answer: Promise<ReadActivity>;
}

/** So many questions are remembered: four spans and a pace for each of some keys. */
const remembered = 100;
/** A ledger is asked for no more than a twentieth of the time. */
const restOfWork = 20;
/** What other processes noted, and what is only written by now, is seen after so long. */
const staleMs = 1000;

/** Creates a reader. `clock` in ms, from any beginning. */
export function createActivityReader(
  ledger: Pick<Ledger, "activity">,
  clock: () => number = () => performance.now(),
): ActivityReader {
  const entries = new LRUCache<string, Entry>({ max: remembered });
  let version = 0;

  function isFresh(entry: Entry): boolean {
    if (entry.took === undefined) return true;
    const age = clock() - entry.begun;
    if (age < entry.took * restOfWork) return true;
    return entry.version === version && age < staleMs;
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
      if (known !== undefined && isFresh(known)) return known.answer;
      const begun = clock();
      const { from, to, stepMs } = window;
      const answer = ledger
        .activity({ from, to, stepMs, ...(key === undefined ? {} : { key }) })
        .then((activity) => ({ window, activity }));
      const entry: Entry = { version, begun, took: undefined, answer };
      entries.set(id, entry);
      const note = () => {
        entry.took = clock() - begun;
      };
      answer.then(note, note);
      return answer;
    },
  };
}
