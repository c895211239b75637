/** A stretch of code, and what it is. */
export interface CodePart {
  readonly kind: "plain" | "keyword" | "comment";
  readonly text: string;
}

/** Longer code stays plain. */
const longest = 20_000;

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));

const keywords = words(
  "abstract and as async await break case catch class const continue def default del delete do elif else enum export extends false final finally " +
    "fn for from func function go if impl import in interface is lambda let match mod mut new nil none not null or package pass private pub public " +
    "raise return select self static struct super switch this throw trait true try type typeof undefined use using var void while with yield",
);
/** Of SQL: words that mean nothing elsewhere, so they count in capitals, or where the code says that it is SQL. */
const sqlKeywords = words(
  "alter and as asc begin between by case commit create delete desc distinct drop else end exists from full group having in index inner insert into is " +
    "join left like limit not null on or order outer primary references returning right select set table then union unique update values view when where with",
);

function isKeyword(word: string, isSql: boolean): boolean {
  if (isSql || /^[A-Z]+$/.test(word)) return sqlKeywords.has(word.toLowerCase());
  return keywords.has(word);
}

// An open comment or string ends with its line, so no text is looked at twice.
const pieces =
  /(?<comment>\/\/[^\n]*|(?<=^|\s)#[^\n]*|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|`(?:\\.|[^`\\])*`?|[A-Za-z_$][\w$]*/g;

/** Where the keywords and comments of a code are: near enough for every language that models write. */
export function highlight(code: string, language: string): readonly CodePart[] {
  if (code.length > longest || /^(?:text|txt|plain|markdown|md|)$/i.test(language))
    return [{ kind: "plain", text: code }];
  const isSql = /sql$/i.test(language);
  const parts: CodePart[] = [];
  let plainFrom = 0;
  for (const match of code.matchAll(pieces)) {
    const [text] = match;
    const kind =
      match.groups?.["comment"] !== undefined ? "comment" : isKeyword(text, isSql) ? "keyword" : undefined;
    if (kind === undefined) continue;
    if (match.index > plainFrom) parts.push({ kind: "plain", text: code.slice(plainFrom, match.index) });
    parts.push({ kind, text });
    plainFrom = match.index + text.length;
  }
  if (plainFrom < code.length) parts.push({ kind: "plain", text: code.slice(plainFrom) });
  return parts;
}
