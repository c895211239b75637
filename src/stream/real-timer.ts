import type { StartTimer } from "./with-idle-timeout.ts";

/** A timer on the real clock; everything else in this folder is given one. */
export const startRealTimer: StartTimer = (milliseconds, expire) => {
  const timer = setTimeout(expire, milliseconds);
  return () => clearTimeout(timer);
};

/** The same for what nothing waits for: a process ends before. */
export const startUnrefTimer: StartTimer = (milliseconds, expire) => {
  const timer = setTimeout(expire, milliseconds).unref();
  return () => clearTimeout(timer);
};
