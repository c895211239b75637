import { pino } from "pino";

/** What a pipe takes as a whole, also when others write into it (`PIPE_BUF`). */
const pieceBytes = 4096;
/** Text that waits while it can't be written; what comes then is dropped. */
const mostWaiting = 1_048_576;

/**
 * The destination of a log in a file descriptor. The first line of a turn of the event loop is written at once, those that
 * follow it in the same turn together, at its end: under load a system call for each would cost as much as making the lines. An
 * end of the process, also by an error, and pino's `fatal` write what waits. A full disk or a reader that is gone loses lines and
 * stops nothing else: pino's own destination would throw, and try for ever to write its last words.
 * `isShared`: other processes write there, too, and no line shall stand within another; those above 4 kB may.
 */
export function writeLines(
  descriptor: number,
  { isShared = false }: { readonly isShared?: boolean } = {},
): { write(text: string): void; flushSync(): void } {
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
    if (text === undefined || text === "") return;
    for (const piece of isShared ? cutAtLines(text) : [text]) if (isRead) out.write(piece);
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

/** Whole lines, as many together as a pipe takes as a whole. */
function cutAtLines(text: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const line of text.split(/(?<=\n)/)) {
    if (piece !== "" && Buffer.byteLength(piece) + Buffer.byteLength(line) > pieceBytes) {
      pieces.push(piece);
      piece = "";
    }
    piece += line;
  }
  return [...pieces, piece];
}
