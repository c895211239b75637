import { createLink, type Link } from "../../src/workers/create-link.ts";
import type { Channel } from "../../src/stream/channel.ts";

/** Two ends of a channel in one process: what is sent arrives in a later turn, as JSON brings it. */
export function createChannelPair(): {
  readonly ends: readonly [Channel, Channel];
  readonly close: () => void;
} {
  const enders: (() => void)[] = [];
  const takers: (((message: unknown) => void) | undefined)[] = [];
  let closed = false;

  function end(own: 0 | 1): Channel {
    return {
      send(message) {
        const text = JSON.stringify(message);
        setImmediate(() => {
          if (!closed) takers[1 - own]?.(JSON.parse(text));
        });
      },
      onMessage(take) {
        takers[own] = take;
      },
      onClose: (ender) => void enders.push(ender),
    };
  }

  return {
    ends: [end(0), end(1)],
    close() {
      if (closed) return;
      closed = true;
      for (const ender of enders) ender();
    },
  };
}

/** The same with a link at each end. */
export function createLinkPair(): { readonly links: readonly [Link, Link]; readonly close: () => void } {
  const { ends, close } = createChannelPair();
  return { links: [createLink(ends[0]), createLink(ends[1])], close };
}
