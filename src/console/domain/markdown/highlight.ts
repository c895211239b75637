/** A stretch of code, and what it is. */
export interface CodePart {
  readonly kind: "plain" | "keyword" | "comment";
  readonly text: string;
}

/** Longer code stays plain. */
const longest = 20_000;

const keywords = new Set(
  (
    "abstract and as async await begin break by case catch class const continue create def default del delete do elif else end enum export " +
    "extends false final finally fn for from func function go group if impl import in insert interface into is join lambda let limit match mod " +
    "mut new nil none not null on or order package pass private pub public raise return returning select self set static struct super switch " +
    "table then this throw trait true try type typeof undefined update use using values var void where while with yield"
  ).split(" "),
);

// An open comment or string ends with its line, so no text is looked at twice.
const pieces =
  /(?<comment>\/\/[^\n]*|(?<=^|\s)#[^\n]*|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?|[A-Za-z_$][\w$]*/g;

/** Where the keywords and comments of a code are: near enough for every language that models write. */
export function highlight(code: string, language: string): readonly CodePart[] {
  if (code.length > longest || /^(?:text|txt|plain|markdown|md|)$/i.test(language))
    return [{ kind: "plain", text: code }];
  const parts: CodePart[] = [];
  let plainFrom = 0;
  for (const match of code.matchAll(pieces)) {
    const [text] = match;
    const kind =
      match.groups?.["comment"] !== undefined
        ? "comment"
        : keywords.has(/^[A-Z]+$/.test(text) ? text.toLowerCase() : text)
          ? "keyword"
          : undefined;
    if (kind === undefined) continue;
    if (match.index > plainFrom) parts.push({ kind: "plain", text: code.slice(plainFrom, match.index) });
    parts.push({ kind, text });
    plainFrom = match.index + text.length;
  }
  if (plainFrom < code.length) parts.push({ kind: "plain", text: code.slice(plainFrom) });
  return parts;
}
