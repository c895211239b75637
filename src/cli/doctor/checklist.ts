import { toGatewayError } from "../../errors.ts";
import { limitTime } from "../../stream/limit-time.ts";
import { startRealTimer } from "../../stream/real-timer.ts";

/** Takes one line. */
export type Write = (line: string) => void;

/** Looks at one thing after the other, and tells of each what it saw. */
export interface Checklist {
  /**
   * One look. `find` resolves to what it saw; what it throws is the finding otherwise, and what to do about it. Resolves to
   * whether it went well; `milliseconds` (default: a minute) is all the time that it has.
   */
  check(
    name: string,
    find: (signal: AbortSignal) => Promise<string>,
    milliseconds?: number,
  ): Promise<boolean>;
  /** Says why something was not looked at. */
  skip(name: string, reason: string): void;
  /** How many looks failed. */
  readonly failures: number;
}

const usualMs = 60_000;
const width = 15;

/** Creates a list that nothing was written into. */
export function createChecklist(write: Write): Checklist {
  let failures = 0;
  return {
    async check(name, find, milliseconds = usualMs) {
      const limit = limitTime({ milliseconds, startTimer: startRealTimer });
      try {
        write(`ok    ${name.padEnd(width)} ${await find(limit.signal)}`);
        return true;
      } catch (error) {
        failures += 1;
        write(`FAIL  ${name.padEnd(width)} ${limit.expired ? describeLate(milliseconds) : explain(error)}`);
        return false;
      } finally {
        limit.release();
      }
    },
    skip: (name, reason) => write(`skip  ${name.padEnd(width)} ${reason}`),
    get failures() {
      return failures;
    },
  };
}

function describeLate(milliseconds: number): string {
  return `No answer within ${milliseconds / 1000} s. The network may drop packets silently: check firewall and proxy.`;
}

function explain(error: unknown): string {
  return error instanceof Error && error.name === "Error" ? error.message : toGatewayError(error).message;
}
