/** Commands that go on when nobody reads what they print: others are answered. */
const servers = new Set(["serve", "demo"]);

/**
 * Ends a command without a word when the program that reads its output has ended, as in `models | head -1`.
 */
export function endQuietly(command: string | undefined): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      if (!servers.has(command ?? "serve")) process.exit();
    });
  }
}
