import type { StartTimer } from "../../src/stream/with-idle-timeout.ts";

const tickMs = 50;
/** What waits to be read passes through so many callbacks at most, each in a pass of the event loop of its own. */
const fewestTicks = 10;

/**
 * A timer that counts ticks instead of asking the clock, as undici's own do. Between two of them the event loop reads what is there: so a
 * machine that stands still for a while does not make a silence of it.
 */
export const startTickTimer: StartTimer = (milliseconds, expire) => {
  let left = Math.max(fewestTicks, Math.ceil(milliseconds / tickMs));
  let timer = setTimeout(tick, tickMs);
  function tick(): void {
    left -= 1;
    if (left === 0) expire();
    else timer = setTimeout(tick, tickMs);
  }
  return () => clearTimeout(timer);
};
