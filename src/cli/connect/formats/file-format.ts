import type { JsonObject } from "../merge-json.ts";

/** A text that is not of its format; `message` says what is wrong, and where if that is known. */
export class FormatError extends Error {
  override readonly name = "FormatError";
}

/** A way in which configuration files are written. Texts have no byte order mark, and "\\n" ends their lines. */
export interface FileFormat {
  /** The data of a file; a file without any is `{}`. Throws `FormatError`. */
  readonly parse: (text: string) => JsonObject;
  /** A new file's text. */
  readonly render: (content: JsonObject) => string;
  /**
   * `text`, which `parse` takes, so changed that it holds `next`. Comments, order and layout of what stays are kept.
   * May fail to, where a file is written in an unusual way: compare what `parse` makes of it.
   */
  readonly edit: (text: string, next: JsonObject) => string;
}

/** "line 3, column 5" of an offset in a text. */
export function describePlace(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
