/** Commands that go on when nobody reads what they print, or the disk is full: others are answered. */
const servers = new Set(["serve", "demo"]);

/**
 * Ends a command without a word when the program that reads its output has ended, as in `models | head -1`, and with one
 * when its output can't be written, such as to a full disk.
 */
export function endQuietly(command: string | undefined): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (servers.has(command ?? "serve")) return;
      if (error.code === "EPIPE") process.exit();
      if (stream !== process.stderr) {
        process.stderr.write(`The output can't be written: ${error.message}\n`);
      }
      process.exit(1);
    });
  }
}
