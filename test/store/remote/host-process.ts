/**
 * A process with stores in memory, which it serves: one set for each name in the messages, that goes by the time in them.
 */
import { createStoreHost, type StoreHost } from "../../../src/store/remote/create-store-host.ts";
import type { Channel } from "../../../src/stream/channel.ts";
import { createLink } from "../../../src/workers/create-link.ts";
import { createMemoryStores } from "./memory-stores.ts";
import type { HostMessage } from "./start-host.ts";

interface Room {
  readonly host: StoreHost;
  time: number;
  take(batch: unknown): void;
  end(): void;
}

const rooms = new Map<string, Room>();

function openRoom(name: string, settings: HostMessage["settings"]): Room {
  let take: ((batch: unknown) => void) | undefined;
  let end: (() => void) | undefined;
  const channel: Channel = {
    send: (batch) => process.send?.({ name, batch }),
    onMessage: (taker) => {
      take = taker;
    },
    onClose: (ender) => {
      end = ender;
    },
  };
  const stores = createMemoryStores(() => room.time, settings);
  const log = { error: () => {} };
  const room: Room = {
    host: createStoreHost(stores, { log, startTimer: () => () => {} }),
    time: 0,
    take: (batch) => take?.(batch),
    end: () => end?.(),
  };
  room.host.serve(createLink(channel).lane("stores"));
  return room;
}

process.on("message", ({ name, time, settings, batch }: HostMessage) => {
  const room = rooms.get(name) ?? openRoom(name, settings);
  rooms.set(name, room);
  room.time = time;
  if (batch !== undefined) room.take(batch);
  else if (settings === undefined) {
    room.end();
    rooms.delete(name);
  }
});
