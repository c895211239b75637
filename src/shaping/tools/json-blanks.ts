import { createStops, type Reading, type TextReader } from "./text-reader.ts";

const commentEnd = createStops(["*/"]);

/** Reads white space between the values of an object, and the comments that models write there; gives the white space alone. */
export function* readBlanks(reader: TextReader): Reading<string> {
  const blanks: string[] = [];
  for (;;) {
    blanks.push(yield* reader.space());
    if ((yield* reader.accept(["//", "#"])) !== undefined) {
      // What closes the call may stand in the comment's line.
      yield* reader.while(reader.hasTags ? /[^\n<]/y : /[^\n]/y, Infinity);
    } else if ((yield* reader.accept(["/*"])) !== undefined) {
      yield* reader.until(commentEnd, () => {});
      yield* reader.accept(["*/"]);
    } else return blanks.join("");
  }
}
