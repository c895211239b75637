import type { StartTimer } from "./with-idle-timeout.ts";

/**
 * So many passes of the event loop are between the time of a timer and its end. An answer goes through some of them on its way from the socket; in
 * each, everything that is there is read.
 */
const lastPasses = 20;

/**
 * A timer on the real clock; everything else in this folder is given one. Where the process stood still (a machine that slept, a container without its share
 * of the processor), time may be up before anybody has looked at what came meanwhile: so that is read first, and may stop the timer.
 */
export const startRealTimer: StartTimer = (milliseconds, expire) => {
  let left = lastPasses;
  let pass: NodeJS.Immediate | undefined;
  function look(): void {
    if (left === 0) return expire();
    left -= 1;
    pass = setImmediate(look);
  }
  const timer = setTimeout(look, milliseconds);
  return () => {
    clearTimeout(timer);
    clearImmediate(pass);
  };
};

/** The same for what nothing waits for: a process ends before, and what came meanwhile is not looked for. */
export const startUnrefTimer: StartTimer = (milliseconds, expire) => {
  const timer = setTimeout(expire, milliseconds).unref();
  return () => clearTimeout(timer);
};
