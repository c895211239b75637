import type { Channel } from "../stream/channel.ts";

/** Several channels over one. */
export interface Link {
  /** The channel of this name; on the other side there is one of the same name. */
  lane(name: string): Channel;
}

interface Lane extends Channel {
  receive(message: unknown): void;
}

/**
 * Puts several channels over one between processes. What all of them send in one turn of the event loop is sent together, since each
 * crossing costs some µs, whatever is in it.
 */
export function createLink(channel: Channel): Link {
  const lanes = new Map<string, Lane>();
  /** Name and message in turn. */
  let waiting: unknown[] = [];
  let closed = false;
  const enders: (() => void)[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (!closed) channel.send(batch);
  }

  function laneOf(name: string): Lane {
    const known = lanes.get(name);
    if (known !== undefined) return known;
    let take: ((message: unknown) => void) | undefined;
    const early: unknown[] = [];
    const lane: Lane = {
      send(message) {
        if (closed) return;
        if (waiting.length === 0) setImmediate(flush);
        waiting.push(name, message);
      },
      onMessage(listener) {
        take = listener;
        for (const message of early.splice(0)) listener(message);
      },
      onClose(end) {
        if (closed) setImmediate(end);
        else enders.push(end);
      },
      receive(message) {
        if (take === undefined) early.push(message);
        else take(message);
      },
    };
    lanes.set(name, lane);
    return lane;
  }

  channel.onMessage((batch) => {
    // Ours is on the other side.
    const entries = batch as readonly unknown[];
    for (let at = 0; at < entries.length; at += 2) laneOf(String(entries[at])).receive(entries[at + 1]);
  });
  channel.onClose(() => {
    closed = true;
    for (const end of enders.splice(0)) end();
  });
  return { lane: laneOf };
}
