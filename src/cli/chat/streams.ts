import type { Readable, Writable } from "node:stream";

import { createPaint, hasColours } from "../../pretty/create-paint.ts";

/** Where a chat reads and writes: the process's own streams, or what a test gives. */
export interface ChatStreams {
  readonly input: Readable & { readonly isTTY?: boolean };
  /** Answers and nothing else. */
  readonly output: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Thinking, notes and failures. */
  readonly errors: Writable & { readonly isTTY?: boolean };
  /** Whether notes may be dimmed where `errors` is a terminal. */
  readonly color: boolean;
}

/** The streams of this process. */
export function processStreams(): ChatStreams {
  const { stdin: input, stdout: output, stderr: errors } = process;
  return { input, output, errors, color: hasColours(errors.isTTY, process.env) };
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
