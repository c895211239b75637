/** Follows Markdown code in a text that is seen character by character: markers in code are text. */
export interface CodeTracker {
  see(character: string): void;
  /** As `see` for each character; most of them are passed over. */
  seeAll(text: string): void;
  /** Whether the character that comes next stands in a fenced or an indented block, or in inline code. */
  inCode(): boolean;
}

/** What counts anywhere in a line. */
const specials = "`~\\\n";

/**
 * Creates a tracker at the beginning of a text. Fences are those of CommonMark (three or more backticks or tildes, also
 * in lists and quotes). Inline code ends with its line at the latest, so that a lone backtick can't hide what follows.
 */
export function createCodeTracker(): CodeTracker {
  let fence: { readonly mark: string; readonly count: number } | undefined;
  // In the line that opens the fence; in a line that closes it.
  let opening = false;
  let closing = false;
  let inline = 0;
  let lineStart = true;
  // Indented code: four blanks after text and a blank line, and not in a list, whose items are indented, too.
  let indent = 0;
  let isBlankLine = true;
  let mayIndent = false;
  let isIndented = false;
  let inList = false;
  let hasText = false;
  let run = { mark: "", count: 0, atLineStart: false };
  let escaped = false;
  const special = /[`~\\\n]/g;

  function endRun(): void {
    const { mark, count, atLineStart } = run;
    if (count === 0) return;
    run = { mark: "", count: 0, atLineStart: false };
    if (fence !== undefined) {
      if (opening && mark === "`" && fence.mark === "`") {
        // A backtick in the first line: this was inline code with a long delimiter.
        inline = fence.count === count ? 0 : fence.count;
        fence = undefined;
      } else {
        closing = atLineStart && mark === fence.mark && count >= fence.count;
      }
    } else if (inline > 0) {
      if (mark === "`" && count === inline) inline = 0;
    } else if (atLineStart && count >= 3) {
      fence = { mark, count };
      opening = true;
    } else if (mark === "`") {
      inline = count;
    }
  }

  function indents(): boolean {
    return isBlankLine ? indent >= 4 && mayIndent && !inList : isIndented;
  }

  /** Follows the indentation of lines, from their beginning to their first sign. */
  function seeIndent(character: string): void {
    if (character === "\n") {
      mayIndent = hasText && (isBlankLine || isIndented);
      isBlankLine = true;
      indent = 0;
    } else if (isBlankLine && character === " ") indent += 1;
    else if (isBlankLine && character === "\t") indent += 4;
    else if (isBlankLine && character !== "\r") {
      isIndented = indents();
      isBlankLine = false;
      hasText = true;
      if (indent < 4) inList = "-*+0123456789".includes(character);
    }
  }

  const tracker: CodeTracker = {
    see(character) {
      seeIndent(character);
      if ((character === "`" || character === "~") && !(escaped && fence === undefined && inline === 0)) {
        if (run.mark !== character) {
          endRun();
          run = { mark: character, count: 0, atLineStart: lineStart };
        }
        run.count += 1;
        lineStart = false;
        return;
      }
      endRun();
      escaped = character === "\\" && !escaped;
      if (character === "\n") {
        if (closing) fence = undefined;
        closing = false;
        opening = false;
        inline = 0;
        lineStart = true;
      } else if (!" \t\r".includes(character)) {
        closing = false;
        if (!">-*+.)0123456789".includes(character)) lineStart = false;
      }
    },
    seeAll(text) {
      for (let at = 0; at < text.length;) {
        if (lineStart || closing || run.count > 0 || specials.includes(text.charAt(at))) {
          tracker.see(text.charAt(at));
          at += 1;
          continue;
        }
        // Behind the beginning of a line only these count.
        tracker.see(" ");
        special.lastIndex = at;
        at = special.exec(text)?.index ?? text.length;
      }
    },
    inCode() {
      endRun();
      return fence !== undefined || inline > 0 || indents();
    },
  };
  return tracker;
}
