import { LRUCache } from "lru-cache";

import type { Notice, Notices } from "./notices.ts";

/** So many things are remembered; of more the oldest are forgotten. */
const mostNotices = 5000;

/** What is known of notices: of each thing the newest. */
export interface NoticeBoard extends Pick<Notices, "subscribe"> {
  /** Remembers a notice, unless a newer one about the same is known; whether it did. `learnedAt`: ms since the epoch, now by default. */
  pin(notice: Notice, learnedAt?: number): boolean;
  /** The same, and tells those who have subscribed. */
  hear(notice: Notice, learnedAt?: number): void;
  /** What is still worth knowing. */
  read(): Iterable<Notice>;
}

/** By what two notices are about the same. */
export function identifyNotice({ kind, key }: Pick<Notice, "kind" | "key">): string {
  return JSON.stringify([kind, key]);
}

/** Creates an empty board. */
export function createNoticeBoard(now: () => number): NoticeBoard {
  const known = new LRUCache<string, { readonly notice: Notice; readonly learnedAt: number }>({
    max: mostNotices,
  });
  const takers = new Map<string, Set<(notice: Notice) => void>>();

  function pin(notice: Notice, learnedAt = now()): boolean {
    const id = identifyNotice(notice);
    const before = known.get(id)?.learnedAt ?? learnedAt;
    // What was learned in the future, was by a clock that was set back since.
    if (before > learnedAt && before <= now()) return false;
    known.set(id, { notice, learnedAt });
    return true;
  }

  function* read(): Generator<Notice> {
    for (const { notice } of known.values()) if (notice.until > now()) yield notice;
  }

  return {
    pin,
    read,
    hear(notice, learnedAt) {
      if (!pin(notice, learnedAt)) return;
      for (const take of takers.get(notice.kind) ?? []) take(notice);
    },
    subscribe(kind, take) {
      const all = takers.get(kind) ?? new Set();
      takers.set(kind, all.add(take));
      for (const notice of read()) if (notice.kind === kind) take(notice);
      return () => void all.delete(take);
    },
  };
}
