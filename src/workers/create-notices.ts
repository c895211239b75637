import { createNoticeBoard } from "../model/notice-board.ts";
import type { Notice, Notices } from "../model/notices.ts";
import type { Channel } from "../stream/channel.ts";

/** Creates the notices of a worker. `channel` leads to a relay. */
export function createNotices(channel: Channel, now: () => number): Notices {
  const board = createNoticeBoard(now);
  // Another worker's.
  channel.onMessage((message) => board.hear(message as Notice));
  return {
    publish: (notice) => channel.send(notice),
    subscribe: (kind, take) => board.subscribe(kind, take),
  };
}

/** Passes on what each of some processes publishes to all others. */
export interface NoticeRelay {
  /** A new process, which is told first what is known already. */
  join(channel: Channel): void;
}

/** Creates the relay. */
export function createNoticeRelay(now: () => number): NoticeRelay {
  const board = createNoticeBoard(now);
  const channels = new Set<Channel>();
  return {
    join(channel) {
      for (const notice of board.read()) channel.send(notice);
      channels.add(channel);
      channel.onMessage((message) => {
        board.pin(message as Notice);
        for (const other of channels) if (other !== channel) other.send(message);
      });
      channel.onClose(() => channels.delete(channel));
    },
  };
}
