import { thinkingClosers, thinkingTags } from "./thinking-tags.ts";
import { createCodeTracker } from "./tools/code-tracker.ts";
import { createMarks } from "./tools/marks.ts";

/** What an answer that had to be waited for turned out to be. */
export interface Verdict {
  /** What stood before a closing tag that nothing opened; `undefined`: the answer does not begin with thinking. */
  readonly reasoning: string | undefined;
  readonly rest: string;
}

/** Reads an answer that may begin with thinking whose opening tag is missing. */
export interface LoneCloserFinder {
  /** The verdict, once there is one; until then all of the text is kept. */
  push(text: string): Verdict | undefined;
  /** Nothing more will come. */
  end(): Verdict;
}

/** Settings of `createLoneCloserFinder`. */
export interface FinderOptions {
  /** The tokens of gpt-oss count too, also where only their words are left. */
  readonly harmony: boolean;
  /**
   * A line that begins as JSON or code does is an answer, too, if at most one line that leads to it (`Here it is:`) stands
   * before: such JSON is streamed as soon as it comes. Behind more words it may be what the model only thinks of.
   */
  readonly untilJson: boolean;
}

const closers: ReadonlySet<string> = new Set(thinkingClosers);
const openers = thinkingTags.flatMap(({ open, isPhrase }) => (isPhrase === true ? [] : [open]));
/** What a model writes only behind its calls: from there on nothing is worth waiting for. */
const inventions = ["<tool_response>", "<tool_result>", "<function_results>"];
/** How harmony ends its analysis: what is behind is read by others, this beginning included. */
const harmonyTurns = ["<|end|><|start|>assistant", "assistantfinal", "assistantcommentary"];
const words = [...closers, ...openers, ...inventions];
const plainMarks = createMarks(words);
const harmonyMarks = createMarks([...words, ...harmonyTurns]);

/** Thinking begins with words; calls, JSON, blocks and code are answers. */
const plainBeginning = /^(?:[<{[◁]|`{3})/;
/** What is left of harmony's first header without its tokens. It has readers of its own. */
const strippedBeginning = /^(?:assistant\s*)?(?:analysis|commentary|final|to=)/;
const lineBeginning = /\n\s{0,100}(\S{0,3})/y;
const plainLine = /^(?:[{[]|`{3})/;
/** Longer than those. */
const beginningLength = 24;
/** One line that ends in a colon, and what it may be long. */
const leading = /^\s*(?:[^\s][^\n]*[:\uff1a]\**\s*)?$/;
const longestLead = 200;
/** So many blanks behind a closing tag are looked over for what follows it. */
const lookahead = 8;
/** No model thinks longer, in UTF-16 units; it may come in one piece, which is looked over at once. */
const longestThinking = 524_288;
/** Blanks before the first word. A model that got stuck writes them without end. */
const mostBlanks = 1000;

/**
 * Creates a finder. A closing tag of any family (`thinkingClosers`) ends thinking, outside of code, unless it stands in
 * the middle of a sentence or in quotes: then the text speaks of it. What begins as no thinking does, or holds an opening tag,
 * is none.
 */
export function createLoneCloserFinder(options: FinderOptions): LoneCloserFinder {
  const marks = options.harmony ? harmonyMarks : plainMarks;
  const sign = options.harmony ? /[<[◁a\n]/gi : /[<[◁\n]/g;
  const code = createCodeTracker();
  /** What was looked at, and its last two characters. */
  const kept: string[] = [];
  let before = "";
  let rest = "";
  let begun = false;
  let keptLength = 0;

  function keep(count: number): void {
    const text = rest.slice(0, count);
    if (text === "") return;
    code.seeAll(text);
    kept.push(text);
    keptLength += text.length;
    before = (before + text).slice(-2);
    rest = rest.slice(count);
  }

  /** Whether what was kept and so much of `rest` leads to an answer. */
  function leads(length: number): boolean {
    if (keptLength + length > longestLead) return false;
    return leading.test(kept.join("") + rest.slice(0, length));
  }

  function plain(): Verdict {
    return { reasoning: undefined, rest: kept.join("") + rest };
  }

  /** Whether what stands at the beginning of `rest` ends thinking; `undefined` if more has to come for that. */
  function endsThinking(length: number, ended: boolean): boolean | undefined {
    if (code.inCode() || /["'`(]$/.test(before)) return false;
    const behind = rest.slice(length, length + lookahead);
    const blanks = /^[ \t]*/.exec(behind)?.[0].length ?? 0;
    if (blanks === behind.length && behind.length < lookahead && !ended) return undefined;
    const next = behind.charAt(blanks);
    if (/["'`.,;:!?)]/.test(behind.charAt(0))) return false;
    // The middle of a sentence: a word before it, and it goes on behind it.
    return !(/[^\s.!?:;…][ \t]$/.test(before) && /[\p{Ll}(]/u.test(next));
  }

  function read(ended: boolean): Verdict | undefined {
    if (keptLength + rest.length > longestThinking) return plain();
    if (!begun) {
      const start = rest.trimStart();
      const needed = options.harmony ? beginningLength : start.startsWith("`") ? 3 : 1;
      if (start.length < needed && rest.length < mostBlanks && !ended) return undefined;
      begun = true;
      if (plainBeginning.test(start) || (options.harmony && strippedBeginning.test(start))) return plain();
    }
    const text = rest;
    let at = 0;
    /** Where `rest` begins in `text`. */
    let done = 0;
    for (;;) {
      sign.lastIndex = at;
      at = sign.exec(text)?.index ?? text.length;
      if (at === text.length) {
        keep(at - done);
        return undefined;
      }
      if (text.charAt(at) === "\n") {
        lineBeginning.lastIndex = at;
        const beginning = options.untilJson ? (lineBeginning.exec(text)?.[1] ?? "") : undefined;
        if (beginning !== undefined && plainLine.test(beginning) && leads(at - done)) return plain();
        if (beginning !== undefined && /^`{0,2}$/.test(beginning) && !ended) {
          keep(at - done);
          return undefined;
        }
        at += 1;
        continue;
      }
      const word = marks.look(text, at, ended);
      if (word === undefined) {
        at += 1;
        continue;
      }
      keep(at - done);
      done = at;
      if (word === null) return undefined;
      if (harmonyTurns.includes(word) && !code.inCode())
        return { reasoning: kept.join(""), rest: rest.replace(/^<\|end\|>/i, "") };
      if (!closers.has(word)) {
        if (!code.inCode()) return plain();
      } else {
        const ends = endsThinking(word.length, ended);
        if (ends === undefined) return undefined;
        const behind = rest.slice(word.length);
        // Whether anything follows makes a difference.
        if (ends && !ended && behind.length < mostBlanks && behind.trim() === "") return undefined;
        if (ends) return { reasoning: kept.join(""), rest: behind };
      }
      at += 1;
    }
  }

  return {
    push(text) {
      rest += text;
      return read(false);
    },
    end: () => read(true) ?? plain(),
  };
}
