import { hideText, showText } from "./shown-text.ts";
import { modelsKeys } from "./upstream-schema.ts";

/** A line of a file as it can be shown to anybody. */
export interface QuotedLine {
  readonly text: string;
  /** Where the given column is in it, from 0. */
  readonly caret: number;
}

const word = /^[a-z-]{1,16}$/i;
const number = /^[\d._]{1,12}[a-z]{0,2}$/i;
const modelName = /^[^\s"']+$/;

/** What a value may look like that is shown, by the path of its keys, of which `*` is any. All else may be a secret. */
const shapes: readonly (readonly [RegExp, RegExp])[] = [
  [/^upstreams name$/, /^[\w./-]{1,64}$/],
  [/^upstreams type$/, word],
  [/^upstreams base_url$/, /^(?:https?:\/\/|[^/]*@|\$\{)/],
  [/^upstreams (?:first_byte|idle)_timeout_ms$/, number],
  [/^upstreams models include$/, modelName],
  [/^upstreams models(?: overrides \S+)?(?: price)? (?:input|output)$/, number],
  [new RegExp(`^upstreams models(?: overrides \\S+)? (?:${modelsKeys.join("|")})$`), word],
  [new RegExp(`^upstreams models(?: overrides \\S+)? (?:${modelsKeys.join("|")})$`), number],
  [/^(?:models|aliases) (?!(?:api_key|access_token|cookie|headers)$)\S+$/, modelName],
];

const secretTexts: ReadonlySet<string> = new Set(["api_key", "access_token", "cookie"]);

/** What a value stands under of which nobody knows what it is. */
const unknownKey = "?";

const mostShown = 100;

const tokens =
  /(?<blank>\s+)|(?<comment>(?<=^|\s)#.*)|(?<mark>-(?=\s|$)|[{}[\],])|(?<key>(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*:|[^\s{}[\],"'#:][^\s{}[\],:]*\s*:(?=[\s,}\]]|$))|(?<value>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|["'].*|(?:\$\{[^{}]*\}|[^\s,}\]]|,(?=\S))+|.)/gy;

/**
 * Quotes a line (from 0) of a file that may be wrong in any way. Values are shown only where they can hardly be secrets: under
 * keys of `gateway.yaml` that have none and in their form, and where names of models stand.
 */
export function quoteLine(lines: readonly string[], line: number, column: number): QuotedLine {
  const above = findKeysAbove(lines, line);
  /** A text of several lines. */
  const isInSecret = above.some((name) => secretTexts.has(name));
  /** The braces that are open, and the keys that they are the values of. */
  const around: { readonly isList: boolean; readonly key: string | undefined }[] = [];
  let key: string | undefined;
  /** Whether a key can begin here. Elsewhere what looks like one is a part of a value. */
  let isKeyPlace = !isInSecret;
  /** Whether brackets and quotes do not fit, so that nobody knows what follows. */
  let isLost = isInSecret;
  let text = "";
  let caret: number | undefined;

  function shows(value: string): boolean {
    if (isLost) return false;
    const inner = around.map((outer) => (outer.isList ? undefined : outer.key));
    const path = [...above, ...inner, key].filter((name) => name !== undefined).join(" ");
    return shapes.some(([place, shape]) => place.test(path) && shape.test(value));
  }

  function enter(mark: string): void {
    if (/[}\],]/.test(mark) && around.length === 0) isLost = true;
    isKeyPlace = !isInSecret && mark !== "}" && mark !== "]";
    if (mark === "{" || mark === "[") {
      around.push({ isList: mark === "[", key });
      if (mark === "{") key = undefined;
    } else if (mark === "}" || mark === "]") key = around.pop()?.key;
    else if (mark === ",") key = around.at(-1)?.isList === true ? around.at(-1)?.key : undefined;
  }

  function show(
    token: string,
    { blank, comment, mark, key: named }: Readonly<Record<string, string | undefined>>,
  ): string {
    if (blank !== undefined) return " ".repeat(token.length);
    if (comment !== undefined) return "# …";
    if (mark !== undefined) {
      enter(mark);
      return token;
    }
    if (isKeyPlace && named !== undefined) {
      key = token.replace(/\s*:$/, "").replace(/^(["'])(.*)\1$/, "$2");
      isKeyPlace = false;
      return token;
    }
    if (isKeyPlace && /^[&*][\w-]+$/.test(token)) return token;
    const quote = /^(["']).*\1$/.test(token) && token.length > 1 ? (token[0] ?? "") : "";
    const inner = quote === "" ? token : token.slice(1, -1);
    const shown = shows(inner) ? showText(inner) : hideText(inner);
    // Something is missing before what follows without a mark.
    if (/^["']/.test(token) && quote === "") isLost = true;
    isKeyPlace = false;
    key = unknownKey;
    return quote + shown + quote;
  }

  for (const { 0: token, index, groups = {} } of (lines[line] ?? "").matchAll(tokens)) {
    const shown = show(token, groups);
    if (caret === undefined && index + token.length > column)
      caret = text.length + (shown === token ? column - index : 0);
    text += shown;
  }
  return cut(text, caret ?? text.length);
}

/** The key of a line whose value begins behind it, or below. */
const openKey = /([^\s{}[\],"'#:]+)["']?\s*:\s*(?:[|>&].*|[[{]\s*)?(?:\s#.*)?$/;

/** The keys of what a line is in by its indentation, the outermost first. */
function findKeysAbove(lines: readonly string[], line: number): readonly string[] {
  const keys: string[] = [];
  let indent = indentOf(lines[line] ?? "");
  for (let above = line - 1; above >= 0 && indent > 0; above -= 1) {
    const text = lines[above] ?? "";
    if (/^\s*(?:#|$)/.test(text) || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    keys.unshift(openKey.exec(text)?.[1] ?? unknownKey);
  }
  return keys;
}

/** Where a line's first key or value is. That of an entry of a list is behind the dash. */
const indentOf = (text: string): number => /^\s*(?:-\s+)*/.exec(text)?.[0].length ?? 0;

/** What is around the caret of a long line. */
function cut(text: string, caret: number): QuotedLine {
  if (text.length <= mostShown) return { text, caret };
  const start = Math.max(0, Math.min(caret - mostShown / 2, text.length - mostShown));
  const before = start === 0 ? "" : "…";
  const after = start + mostShown < text.length ? "…" : "";
  return {
    text: before + text.slice(start, start + mostShown) + after,
    caret: caret - start + before.length,
  };
}
