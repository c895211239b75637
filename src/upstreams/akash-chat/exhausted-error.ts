import { GatewayError } from "../../errors.ts";

/**
 * The error of a budget that is spent until `resetsAt` (ms since the epoch). Agents decide by words: none of those stand
 * in it by which they take an error for a prompt that is too long, or for one that passes ("try again", a status).
 */
export function createExhaustedError(
  resetsAt: number,
  { now, cause }: { readonly now: number; readonly cause?: unknown },
): GatewayError {
  const waitMs = Math.max(0, resetsAt - now);
  return new GatewayError(
    "budget-exhausted",
    `The usage limit of this gateway's address at Akash Chat is reached. There is a new budget at ${toSeconds(resetsAt)} (in ${describeWait(waitMs)}). Meanwhile another upstream that has the model goes on: AKASHML_API_KEY or gateway.yaml adds one (docs/upstreams.md).`,
    { resetsAt, retryAfterMs: waitMs, cause },
  );
}

/** By these words agents know a prompt that is too long, and then they throw away what they remember. */
const wordsOfLength =
  /token limit exceeded|too many tokens|context.?(?:length|window)|maximum context|too long|reduce the (?:length|number)/i;

/** Whether a text, of a limit in time, would be taken for one of a limit in length. */
export function soundsTooLong(text: string): boolean {
  return wordsOfLength.test(text);
}

/** A time without fractions, whose three digits would look like a status. */
function toSeconds(time: number): string {
  return new Date(Math.ceil(time / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** `3 h 59 min`, rounded up: no number of three digits, which agents would take for a status. */
export function describeWait(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  const parts = [
    [days, "d"],
    [hours, "h"],
    [minutes % 60, "min"],
  ] as const;
  return (
    parts
      .filter(([count]) => count > 0)
      .map(([count, unit]) => `${count} ${unit}`)
      .join(" ") || "a moment"
  );
}
