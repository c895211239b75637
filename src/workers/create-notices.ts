import { LRUCache } from "lru-cache";

import type { Notice, Notices } from "../model/notices.ts";
import type { Channel } from "../stream/channel.ts";

/** So many things are remembered; of more the oldest are forgotten. */
const mostNotices = 5000;

type Board = LRUCache<string, Notice>;

function createBoard(): Board {
  return new LRUCache({ max: mostNotices });
}

function pin(board: Board, notice: Notice): void {
  board.set(JSON.stringify([notice.kind, notice.key]), notice);
}

function* read(board: Board, now: number): Generator<Notice> {
  for (const notice of board.values()) if (notice.until > now) yield notice;
}

/** Creates the notices of a worker. `channel` leads to a relay. */
export function createNotices(channel: Channel, now: () => number): Notices {
  const board = createBoard();
  const takers = new Map<string, Set<(notice: Notice) => void>>();
  channel.onMessage((message) => {
    // Another worker's.
    const notice = message as Notice;
    pin(board, notice);
    for (const take of takers.get(notice.kind) ?? []) take(notice);
  });
  return {
    publish: (notice) => channel.send(notice),
    subscribe(kind, take) {
      const all = takers.get(kind) ?? new Set();
      takers.set(kind, all.add(take));
      for (const notice of read(board, now())) if (notice.kind === kind) take(notice);
      return () => void all.delete(take);
    },
  };
}

/** Passes on what each of some processes publishes to all others. */
export interface NoticeRelay {
  /** A new process, which is told first what is known already. */
  join(channel: Channel): void;
}

/** Creates the relay. */
export function createNoticeRelay(now: () => number): NoticeRelay {
  const board = createBoard();
  const channels = new Set<Channel>();
  return {
    join(channel) {
      for (const notice of read(board, now())) channel.send(notice);
      channels.add(channel);
      channel.onMessage((message) => {
        pin(board, message as Notice);
        for (const other of channels) if (other !== channel) other.send(message);
      });
      channel.onClose(() => channels.delete(channel));
    },
  };
}
