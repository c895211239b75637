/** What a program needs to end that has failed and told so. */
const graceMs = 1000;

/**
 * Kills this process if it is still there in a second: for a start that failed, after which nothing is left to do. A thread that hangs in
 * the file system, such as the folder of a server that is gone, keeps a process from ending in any other way.
 */
export function endIfStuck(): void {
  setTimeout(() => process.kill(process.pid, "SIGKILL"), graceMs).unref();
}
