import type { StartTimer } from "./with-idle-timeout.ts";

/** A timer on the real clock; everything else in this folder is given one. */
export const startRealTimer: StartTimer = (milliseconds, expire) => {
  const timer = setTimeout(expire, milliseconds);
  return () => clearTimeout(timer);
};
