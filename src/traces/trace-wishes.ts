import type { Notices } from "../model/notices.ts";

/** Whose next request: a key's, by its id; `none`: one without a key; `any`: whoever asks next. */
export type WishedKey = string;

/** That the next request is traced, and what became of that. Times in ms since the epoch. */
export interface TraceWish {
  readonly key: WishedKey;
  readonly madeAt: number;
  readonly expiresAt: number;
  /** The request that took it. */
  readonly taken?: { readonly traceId: string; readonly requestId: string };
}

/** A request that may take a wish. `keys`: of the caller, its own first. */
export interface WishTaker {
  readonly keys: readonly string[];
  readonly requestId: string;
  readonly newTraceId: () => string;
}

/** Remembers that the operator wants the next request traced: one wish at a time, for some minutes. */
export interface TraceWishes {
  /** In place of the one before. */
  make(key: WishedKey): TraceWish;
  /** The last one, taken too; `undefined`: there is none, or it has expired. */
  look(): TraceWish | undefined;
  withdraw(): void;
  /** A request begins: gives the id of the trace to make of it, if it is the one that is wished for. */
  take(taker: WishTaker): string | undefined;
  /** A request that took it turned out to be for no answer: the wish waits on, for the rest of its time. Nothing happens where it has not the last one. */
  giveBack(requestId: string): void;
}

/** What the wishes need. */
export interface TraceWishOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Between the processes of one gateway: any of them may be asked next. Two may be at once, and then both requests are traced. */
  readonly notices?: Notices | undefined;
}

/** So long a wish waits, in ms. */
export const wishMs = 600_000;

const kind = "trace-wish";

/** Creates the wishes of one process. */
export function createTraceWishes({ now, notices }: TraceWishOptions): TraceWishes {
  let wish: TraceWish | undefined;
  notices?.subscribe(kind, ({ value }) => {
    // Ours, from another process.
    wish = (value as TraceWish | null) ?? undefined;
  });

  function set(next: TraceWish | undefined): void {
    wish = next;
    notices?.publish({ kind, key: kind, value: next ?? null, until: now() + wishMs });
  }

  function look(): TraceWish | undefined {
    if (wish !== undefined && wish.expiresAt <= now()) wish = undefined;
    return wish;
  }

  return {
    make(key) {
      const made = { key, madeAt: now(), expiresAt: now() + wishMs };
      set(made);
      return made;
    },
    look,
    withdraw() {
      set(undefined);
    },
    take({ keys, requestId, newTraceId }) {
      const waiting = look();
      if (waiting === undefined || waiting.taken !== undefined || !isMeant(waiting.key, keys))
        return undefined;
      const traceId = newTraceId();
      set({ ...waiting, taken: { traceId, requestId } });
      return traceId;
    },
    giveBack(requestId) {
      const last = look();
      if (last?.taken?.requestId !== requestId) return;
      const { taken: _taken, ...waiting } = last;
      set(waiting);
    },
  };
}

/** A key means those below it, too: it is whose agents they are. */
function isMeant(wished: WishedKey, keys: readonly string[]): boolean {
  if (wished === "any") return true;
  return wished === "none" ? keys.length === 0 : keys.includes(wished);
}
