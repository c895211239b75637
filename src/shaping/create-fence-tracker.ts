/** Knows whether the end of a text that comes in pieces lies inside a Markdown code fence. */
export interface FenceTracker {
  push(text: string): void;
  inside(): boolean;
}

/** More of a line is not needed to know a fence: indentation, marks, and a bit of its info string. */
const longestHead = 64;

/** Not by a pattern: over megabytes the engine runs those at a tenth of the speed at first. */
const hasMark = (text: string): boolean => text.includes("`") || text.includes("~");

/** Creates a tracker. A fence is three or more backticks or tildes at the beginning of a line (CommonMark). */
export function createFenceTracker(): FenceTracker {
  let head = "";
  /** The marks that opened the fence. */
  let fence: string | undefined;

  function endLine(): void {
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(head)?.[1];
    if (marks !== undefined) {
      if (fence === undefined) fence = marks;
      else if (marks.startsWith(fence) && head.trim() === marks) fence = undefined;
    }
    head = "";
  }

  return {
    push(text) {
      // Lines without marks change nothing.
      let start = hasMark(head) || hasMark(text) ? 0 : text.lastIndexOf("\n") + 1;
      if (start > 0) head = "";
      for (let end = text.indexOf("\n", start); end !== -1; end = text.indexOf("\n", start)) {
        if (head.length < longestHead) head += text.slice(start, Math.min(end, start + longestHead));
        endLine();
        start = end + 1;
      }
      if (head.length < longestHead) head += text.slice(start, start + longestHead);
    },
    inside() {
      // The line that opens a fence counts as inside from its marks on.
      return fence !== undefined || /^ {0,3}(?:`{3,}|~{3,})/.test(head);
    },
  };
}
