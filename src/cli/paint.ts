import { styleText } from "node:util";

/** Colours for a terminal. Each gives the text as it is where there are none. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** The part of a stream that says whether it takes colours: `NO_COLOR`, `FORCE_COLOR` and `TERM` are behind `hasColors`. */
export interface PaintedStream {
  readonly isTTY?: boolean | undefined;
  hasColors?(): boolean;
}

/** Creates the colours of a stream. */
export function createPaint(stream: PaintedStream): Paint {
  const coloured = stream.isTTY === true && stream.hasColors?.() === true;
  const as =
    (style: "bold" | "green" | "yellow" | "red") =>
    (text: string): string =>
      // Whether this stream has colours is known; styleText would look at another.
      coloured ? styleText(style, text, { validateStream: false }) : text;
  return { bold: as("bold"), good: as("green"), warning: as("yellow"), bad: as("red") };
}
