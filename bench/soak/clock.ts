/** Milliseconds on the machine's own clock: the same for all processes, and never set back. */
export function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
