import type { Channel } from "../stream/channel.ts";

/** One end of Node's channel between a process and those that it started. */
export interface ProcessEnd {
  /** `undefined`: there is no other side. */
  readonly send?: ((message: unknown, callback: (error: Error | null) => void) => unknown) | undefined;
  on(event: "message", take: (message: unknown) => void): unknown;
  once(event: "disconnect", end: () => void): unknown;
}

/** The channel to the other process. It closes when that is gone or has hung up, after the last message has come. */
export function toChannel(end: ProcessEnd): Channel {
  return {
    send(message) {
      // What can't be sent because the other side is gone is told by the end of the channel.
      end.send?.(message, () => {});
    },
    onMessage: (take) => void end.on("message", take),
    onClose: (ender) => void end.once("disconnect", ender),
  };
}
