import { pino } from "pino";

/** Text that waits while it can't be written; what comes then is dropped. */
const mostWaiting = 1_048_576;

/**
 * The destination of a log in a file descriptor. The first line of a turn of the event loop is written at once, those that
 * follow it in the same turn together, at its end: under load a system call for each would cost as much as making the lines. An
 * end of the process, also by an error, and pino's `fatal` write what waits. A full disk or a reader that is gone loses lines and
 * stops nothing else: pino's own destination would throw, and try for ever to write its last words.
 */
export function writeLines(descriptor: number): { write(text: string): void; flushSync(): void } {
  const out = pino.destination({ dest: descriptor, sync: true, maxLength: mostWaiting });
  let isRead = true;
  /** No turn follows. */
  let isEnding = false;
  /** What came behind the first line of this turn; `undefined` before that has come. */
  let waiting: string | undefined;
  out.on("error", (error: NodeJS.ErrnoException) => {
    // Of others, such as a full disk, the next line tries again.
    if (error.code === "EPIPE") isRead = false;
  });

  function flushSync(): void {
    const text = waiting;
    waiting = undefined;
    if (isRead && text !== undefined && text !== "") out.write(text);
  }

  process.once("exit", () => {
    isEnding = true;
    flushSync();
  });
  return {
    write(text) {
      if (waiting !== undefined) {
        waiting += text;
        return;
      }
      if (isRead) out.write(text);
      if (isEnding) return;
      waiting = "";
      setImmediate(flushSync);
    },
    flushSync,
  };
}
