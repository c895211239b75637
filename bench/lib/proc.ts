/** Reads what Linux knows of a process (proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that Node supports. */
const ticksPerSecond = 100;

/** CPU of the process so far, user and system, in µs, of the text of `/proc/PID/stat`. In steps of 10 ms. */
export function parseCpu(stat: string): number {
  // The second field is the program's name in brackets, which may hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (Number.isNaN(ticks)) throw new Error(`no CPU time in ${JSON.stringify(stat)}`);
  return (ticks / ticksPerSecond) * 1e6;
}

/** Resident memory in kB, of the text of `/proc/PID/status`. */
export function parseRss(status: string): number {
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (found === undefined) throw new Error("no VmRSS in the status of the process");
  return Number(found);
}

let ofMainThread = false;

/** From now on `cpuOf` tells of main threads alone: what helps them (SQL, the garbage collector) does not count. */
export function countMainThreads(): void {
  ofMainThread = true;
}

/** CPU of a process so far, in µs. Throws if it is gone. */
export function cpuOf(pid: number): number {
  return parseCpu(readFileSync(ofMainThread ? `/proc/${pid}/task/${pid}/stat` : `/proc/${pid}/stat`, "utf8"));
}

/** Resident memory of a process in kB. Throws if it is gone. */
export function rssOf(pid: number): number {
  return parseRss(readFileSync(`/proc/${pid}/status`, "utf8"));
}

/** How many sockets a process has open. */
export function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      // Closed since it was listed.
      return false;
    }
  }).length;
}
