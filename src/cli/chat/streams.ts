import { createPaint, hasColours } from "../../pretty/create-paint.ts";
import type { Terminal } from "../terminal.ts";

/** Where a chat reads and writes: answers and nothing else to `output`, thinking, notes and failures to `errors`. */
export interface ChatStreams extends Pick<Terminal, "input" | "output" | "errors"> {
  /** Whether notes may be dimmed where `errors` is a terminal. */
  readonly color: boolean;
}

/** The streams of a terminal. */
export function streamsOf({ input, output, errors, environment }: Terminal): ChatStreams {
  return { input, output, errors, color: hasColours(errors.isTTY === true, environment) };
}

/** A text for `errors`, dimmed on a terminal. */
export function dim({ errors, color }: ChatStreams, text: string): string {
  return createPaint(errors.isTTY === true && color)("dim", text);
}

/** Writes one line beside the answers. */
export function note(streams: ChatStreams, text: string): void {
  streams.errors.write(`${dim(streams, text)}\n`);
}

/** A text by somebody else, without what would move the cursor or colour a terminal. Lines and tabs stay. */
export function toPrintable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, "");
}
