import type { Inline } from "./nodes.ts";

/** As many are open at once at most: what comes behind is text, so that no text takes long. */
const mostOpen = 40;
const longestUrl = 4_000_000;

/** What ends a sentence or closes a bracket, and so is no part of an address that stands before it. */
const behindAddress: ReadonlySet<string> = new Set(".,;:!?'*_~])");

type Marker = "*" | "_" | "~" | "[" | "![";

interface Opener {
  readonly marker: Marker;
  readonly count: number;
  /** Where in the pieces it stands. */
  readonly place: number;
}

const isSpace = (character: string | undefined) => character === undefined || /\s/.test(character);
const isWord = (character: string | undefined) => character !== undefined && /[\p{L}\p{N}]/u.test(character);

/** Reads the address behind `](`; gives where it ends. Brackets may be in it, as deep as addresses are. */
function readTarget(text: string, from: number): { readonly url: string; readonly end: number } | undefined {
  let depth = 0;
  let at = from;
  const last = Math.min(text.length, from + longestUrl);
  for (; at < last; at += 1) {
    const character = text[at];
    if (character === "(") depth += 1;
    if (depth > 8 || character === "\n") return undefined;
    if (character === ")") {
      if (depth === 0) break;
      depth -= 1;
    }
    if (character === " ") break;
  }
  const url = text.slice(from, at).replace(/^<(.*)>$/, "$1");
  if (text[at] === " ") {
    // A title is read over.
    const title = /^ +(?:"[^"\n]{0,500}"|'[^'\n]{0,500}')? *\)/.exec(text.slice(at, at + 520));
    return title === null ? undefined : { url, end: at + title[0].length };
  }
  return text[at] === ")" ? { url, end: at + 1 } : undefined;
}

/** Reads running text: Markdown as models write it. Always succeeds, in a time that grows with the length alone; what fits nothing is text. */
export function parseInline(text: string): readonly Inline[] {
  const pieces: Inline[] = [];
  const openers: Opener[] = [];
  /** Runs of backquotes that nothing closes, by their length. */
  const unclosed = new Set<number>();
  let plain = "";
  let at = 0;

  function flush(): void {
    if (plain !== "") pieces.push({ kind: "text", text: plain });
    plain = "";
  }
  function take(from: Opener, make: (children: readonly Inline[]) => Inline): void {
    const children = pieces.splice(from.place).slice(1);
    pieces.push(make(children));
    openers.splice(openers.indexOf(from));
  }

  function readCode(): void {
    const run = /^`+/.exec(text.slice(at, at + 64))?.[0] ?? "";
    let end = unclosed.has(run.length) ? -1 : text.indexOf(run, at + run.length);
    while (end >= 0 && text[end + run.length] === "`") {
      while (text[end] === "`") end += 1;
      end = text.indexOf(run, end);
    }
    if (end < 0) {
      unclosed.add(run.length);
      plain += run;
      at += run.length;
      return;
    }
    flush();
    const code = text.slice(at + run.length, end).replaceAll("\n", " ");
    pieces.push({ kind: "code", text: /^ .*[^ ].* $/.test(code) ? code.slice(1, -1) : code });
    at = end + run.length;
  }

  /** `*`, `_`, `~~`: opens, closes, or is text. */
  function readEmphasis(marker: "*" | "_" | "~"): void {
    let run: string = marker;
    while (run.length < 3 && text[at + run.length] === marker) run += marker;
    const [before, after] = [text[at - 1], text[at + run.length]];
    const inWord = marker === "_" && isWord(before) && isWord(after);
    const canClose = !isSpace(before) && !inWord;
    const canOpen = !isSpace(after) && !inWord && openers.length < mostOpen;
    at += run.length;
    if (marker === "~" && run.length !== 2) {
      plain += run;
      return;
    }
    const opener = canClose
      ? openers.findLast((one) => one.marker === marker && one.count === run.length)
      : undefined;
    if (opener !== undefined) {
      flush();
      take(opener, (children) => {
        if (marker === "~") return { kind: "del", children };
        if (run.length === 1) return { kind: "em", children };
        const strong: Inline = { kind: "strong", children };
        return run.length === 2 ? strong : { kind: "em", children: [strong] };
      });
    } else if (canOpen) {
      flush();
      openers.push({ marker, count: run.length, place: pieces.length });
      pieces.push({ kind: "text", text: run });
    } else plain += run;
  }

  function open(marker: "[" | "!["): void {
    if (openers.length >= mostOpen) plain += marker;
    else {
      flush();
      openers.push({ marker, count: 1, place: pieces.length });
      pieces.push({ kind: "text", text: marker });
    }
    at += marker.length;
  }

  function close(): void {
    const opener = openers.findLast(({ marker }) => marker === "[" || marker === "![");
    const target = opener !== undefined && text[at + 1] === "(" ? readTarget(text, at + 2) : undefined;
    if (opener === undefined || target === undefined) {
      if (opener !== undefined) openers.splice(openers.indexOf(opener), 1);
      plain += "]";
      at += 1;
      return;
    }
    flush();
    take(opener, (children) =>
      opener.marker === "!["
        ? { kind: "image", url: target.url, alt: toText(children) }
        : { kind: "link", url: target.url, children },
    );
    at = target.end;
  }

  /** An address that stands for itself, without the full stop behind it. */
  function readAddress(): boolean {
    if (!text.startsWith("http", at) || isWord(text[at - 1]) || openers.some(({ marker }) => marker === "["))
      return false;
    const found = /^https?:\/\/[^\s<>"`|]{1,2000}/.exec(text.slice(at, at + 2020))?.[0];
    if (found === undefined) return false;
    // Not by an expression: one that has to end at the end looks at each run of full stops again and again.
    let end = found.length;
    while (behindAddress.has(found[end - 1] ?? "")) end -= 1;
    let url = found.slice(0, end);
    // A bracket at the end belongs to it when it was opened in it.
    if (found[url.length] === ")" && url.includes("(")) url += ")";
    flush();
    pieces.push({ kind: "link", url, children: [{ kind: "text", text: url }] });
    at += url.length;
    return true;
  }

  while (at < text.length) {
    const character = text[at] ?? "";
    const next = text[at + 1] ?? "";
    if (character === "\\" && /[!-/:-@[-`{-~]/.test(next)) {
      plain += next;
      at += 2;
    } else if (character === "\n") {
      flush();
      pieces.push({ kind: "break" });
      at += 1;
    } else if (character === "`") readCode();
    else if (character === "*" || character === "_" || character === "~") readEmphasis(character);
    else if (character === "!" && next === "[") open("![");
    else if (character === "[") open("[");
    else if (character === "]") close();
    else if (character === "h" && readAddress()) continue;
    else {
      plain += character;
      at += 1;
    }
  }
  flush();
  return pieces;
}

/** The words alone. */
export function toText(inlines: readonly Inline[]): string {
  return inlines
    .map((inline) => {
      if ("children" in inline) return toText(inline.children);
      if (inline.kind === "break") return " ";
      return inline.kind === "image" ? inline.alt : inline.text;
    })
    .join("");
}
