import { partOf, textOf, toOneLine, type Entry } from "./entry.ts";

/** An error in words, its causes in brackets: `The upstream can't be reached. (connect ECONNREFUSED 127.0.0.1:9)`. */
export function formatError(error: Entry): string {
  const said = new Set([messageOf(error)]);
  for (let cause = partOf(error, "cause"); cause !== undefined; cause = partOf(cause, "cause")) {
    const message = messageOf(cause);
    // An error that was only said in other words says the same again.
    if (message !== "" && ![...said].some((text) => text.includes(message))) said.add(message);
  }
  const [first = "", ...causes] = said;
  return causes.length === 0 ? first : `${first} (${causes.join(": ")})`;
}

/** The same of what a client did wrong: `max_tokens: must be …`, and no causes, which are the gateway's own affairs. */
export function formatMistake(error: Entry): string {
  const message = messageOf(error);
  const param = textOf(error, "param");
  return param === undefined || message.includes(param) ? message : `${param}: ${message}`;
}

function messageOf(error: Entry): string {
  // Errors of several connections in one have no words of their own.
  return textOf(error, "message") || textOf(error, "code") || textOf(error, "type") || "";
}

/** Where an unforeseen error happened, on lines of its own; empty for all others, which have no stack. */
export function formatStack(error: Entry | undefined): string {
  for (let cause = error; cause !== undefined; cause = partOf(cause, "cause")) {
    const { stack } = cause;
    if (typeof stack !== "string") continue;
    const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
    return frames.map((frame) => `\n    ${toOneLine(frame).trim()}`).join("");
  }
  return "";
}
