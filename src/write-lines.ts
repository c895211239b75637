import { pino } from "pino";

/** Text that waits while it can't be written; what comes then is dropped. */
const mostWaiting = 1_048_576;

/**
 * The destination of a log in a file descriptor, written at once. A full disk or a reader that is gone loses lines and
 * stops nothing else: pino's own destination would throw, and try for ever to write its last words.
 */
export function writeLines(descriptor: number): { write(text: string): void } {
  const out = pino.destination({ dest: descriptor, sync: true, maxLength: mostWaiting });
  let isRead = true;
  out.on("error", (error: NodeJS.ErrnoException) => {
    // Of others, such as a full disk, the next line tries again.
    if (error.code === "EPIPE") isRead = false;
  });
  return {
    write(text) {
      if (isRead) out.write(text);
    },
  };
}
