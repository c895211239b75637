/** A file that people read, by its path from the project's root. */
export interface Page {
  readonly name: string;
  readonly text: string;
}

/** Something that a page says and the project has not; `line` counts from 1. */
export interface Mistake {
  readonly name: string;
  readonly line: number;
  readonly problem: string;
}

/** One line of a page; `code` has its code spans, or all of it where it stands in a fence. */
export interface Line {
  readonly number: number;
  readonly text: string;
  readonly fenced: boolean;
  readonly code: readonly string[];
}

/** A page line by line. Pages that are no Markdown are code from end to end. */
export function readLines({ name, text }: Page): readonly Line[] {
  const markdown = name.endsWith(".md");
  let fence: string | undefined;
  return text.split("\n").map((line, at) => {
    const mark = markdown ? /^\s*(`{3,})/.exec(line)?.[1] : undefined;
    let fenced = !markdown || fence !== undefined;
    if (mark !== undefined && (fence === undefined || line.trim() === fence)) {
      fence = fence === undefined ? mark : undefined;
      fenced = true;
    }
    const code = fenced ? [line] : [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
    return { number: at + 1, text: line, fenced, code };
  });
}
