// Nearly every blank of a text stands alone and stays as it is, so no pattern here matches it.
const otherBlank = /[^\S\n ]/g;
const anyOtherBlank = /[^\S ]/g;
const severalBlanks = / {2,}/g;
/** A line break with more blanks around it than it needs. */
const looseBreak = / \n\s*|\n\s+/g;

/** Takes out blanks that only lay text out; line breaks stay, since they structure lists. */
export function squeeze(text: string): string {
  return text.replace(otherBlank, " ").replace(severalBlanks, " ").replace(looseBreak, "\n").trim();
}

/** The same, and line breaks become blanks. */
export function toOneLine(text: string): string {
  return text.replace(anyOtherBlank, " ").replace(severalBlanks, " ").trim();
}
