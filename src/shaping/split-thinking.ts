import type { BlockWriter } from "../model/block-writer.ts";
import { createFenceTracker } from "./create-fence-tracker.ts";
import { createLoneCloserFinder, type Verdict } from "./find-lone-closer.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";
import { blockEnds, commonTag, thinkingClosers, thinkingTags, type ThinkingTag } from "./thinking-tags.ts";
import { createMarks } from "./tools/marks.ts";
import { openingHeaders } from "./turn-tokens.ts";

/** A server that inserts a block adds one line break inside each tag and two behind. */
const opening = `${commonTag.open}\n`;
const insertedClosing = "\n</think>\n\n";
/** Blanks before an opening tag. A model that got stuck writes them without end. */
const mostBlanks = 1000;
/** What may open a block in mid-answer. */
const openingsAnywhere = [
  opening,
  `${commonTag.open}\r\n`,
  ...thinkingTags.flatMap(({ open, isToken }) => (isToken === true ? [open] : [])),
];

/** What follows the `<` of those: most of the others are passed over at one look. */
const secondSigns = openingsAnywhere.map((mark) => mark.charAt(1)).join("");
/** What counts where an answer begins. */
const beginnings = createMarks([
  ...thinkingTags.map(({ open }) => open),
  ...thinkingClosers,
  ...openingHeaders,
]);
const tagsByOpening: ReadonlyMap<string, ThinkingTag> = new Map(thinkingTags.map((tag) => [tag.open, tag]));
const closers: ReadonlySet<string> = new Set(thinkingClosers);

/** Whether a mark stands at `at`, or as much of it as there is text. */
function mayStand(mark: string, text: string, at: number): boolean {
  return text.startsWith(mark, at) || (text.length - at < mark.length && mark.startsWith(text.slice(at)));
}

/** Settings of `splitThinking`. */
export interface ThinkingOptions {
  /**
   * The opening tag may be missing (many templates put it into the prompt): an answer that does not begin with a tag is
   * held until a closing tag tells it from a plain answer, or the end. Only where answers may come late.
   */
  readonly mayOmitOpening: boolean;
  /** The model writes gpt-oss' harmony, whose analysis may have lost its beginning, too. */
  readonly harmony?: boolean;
  /** A line that begins as JSON does shows that an answer whose opening tag may be missing is a plain one. */
  readonly untilJson?: boolean;
  /** The answer is JSON: where thinking that nothing closed, or that nothing follows, ends with it, it is given as the answer. */
  readonly endsInJson?: boolean;
  /** Neither does the model think so nor is there anything to ask for again: text with a lone closing tag at its end is the answer. */
  readonly isAlone?: boolean;
}

/** `start`: nothing but blanks since the beginning or the last block. `opened`, `closed`: just behind a tag. */
type Mode = "undecided" | "start" | "text" | "opened" | "thinking" | "phrase" | "closed";

/**
 * Turns blocks of thinking in the text, `<think>` and its like (`thinkingTags`), into reasoning blocks. A tag counts
 * - at the beginning of the answer, or right behind an earlier block: always;
 * - anywhere else: only outside of code, and only `<think>` with a line break behind it, as servers write it, or
 *   tokens that no prose has. So text that speaks of the tag stays text.
 *
 * A server inserts a block in one piece, with line breaks around its closing tag; in such a piece a closing tag
 * without them is part of the reasoning (test/fixtures/shaping/674-…). Otherwise the first closing tag ends it.
 * Unclosed reasoning stays reasoning. Only an ambiguous tail is held back. A closing tag that nothing opened is left out
 * at the beginning and right behind a block; elsewhere it is text, unless `mayOmitOpening`.
 *
 * What comes as reasoning or as a call already passes, and ends a block of the text: an upstream that tells thinking from text
 * may leave one of its tags, or both, in the text.
 */
export function splitThinking(options: ThinkingOptions): Shaper {
  const fences = createFenceTracker();
  let mode: Mode = options.mayOmitOpening ? "undecided" : "start";
  let tag = commonTag;
  let end = blockEnds(tag);
  let held = "";
  let breaksLeft = 0;
  let lastCharacter = "";
  let sawBlock = false;
  /** The opening tag stood in the piece that is being read. */
  let openedHere = false;
  /** In that piece the end of an inserted block may be ahead: what was looked for once is not looked for at each tag. */
  let mayBeInserted = true;
  /** Of a phrase that is not closed yet. */
  let pieces: string[] = [];
  /** What was thought last, if the answer may be in it. */
  let thoughts: string[] = [];
  /** Only where the opening tag may be missing. */
  const undecided = options.mayOmitOpening
    ? createLoneCloserFinder({ harmony: options.harmony === true, untilJson: options.untilJson === true })
    : undefined;

  function writeText(out: BlockWriter, text: string): void {
    if (text === "") return;
    if (text.trim() !== "") thoughts = [];
    out.write("text", text);
    fences.push(text);
    lastCharacter = text.charAt(text.length - 1);
  }

  function writeReasoning(out: BlockWriter, text: string): void {
    out.write("reasoning", text);
    if (options.endsInJson === true) thoughts.push(text);
  }

  /** Something that is neither the text's thinking nor its words stands here. */
  function endBlock(): void {
    if (mode === "opened" || mode === "thinking") mode = "start";
  }

  function open(found: ThinkingTag): void {
    mode = "opened";
    tag = found;
    end = blockEnds(tag);
  }

  function close(out: BlockWriter, breaks: number): void {
    out.close();
    sawBlock = true;
    mode = "closed";
    breaksLeft = breaks;
    thoughts = [];
  }

  /** Plain text up to a tag that counts. Returns what is behind the tag, or undefined when all was read. */
  function readText(out: BlockWriter, text: string): string | undefined {
    let done = 0;
    for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
      if (at + 1 < text.length && !secondSigns.includes(text.charAt(at + 1))) continue;
      const mark = openingsAnywhere.find((one) => mayStand(one, text, at));
      if (mark === undefined) continue;
      writeText(out, text.slice(done, at));
      done = at;
      if (fences.inside() || lastCharacter === "`") continue;
      if (text.length - at < mark.length) {
        held = text.slice(at);
        return undefined;
      }
      open(tagsByOpening.get(mark) ?? commonTag);
      return text.slice(at + tag.open.length);
    }
    writeText(out, text.slice(done));
    return undefined;
  }

  function readThinking(out: BlockWriter, text: string): string | undefined {
    const first = end.find(text);
    if (first === undefined) {
      const safe = text.length - end.held(text);
      writeReasoning(out, text.slice(0, safe));
      held = text.slice(safe);
      return undefined;
    }
    const inserted = first.at > 0 ? findInserted(text) : -1;
    const at = inserted === -1 ? first.at : inserted + 1;
    writeReasoning(out, text.slice(0, text[at - 1] === "\n" ? at - 1 : at));
    close(out, 2);
    return text.slice(at + first.length);
  }

  /** Where the end of a block stands that the server inserted; -1 if none does. */
  function findInserted(text: string): number {
    if (tag !== commonTag || !openedHere || !mayBeInserted) return -1;
    const at = text.indexOf(insertedClosing);
    mayBeInserted = at !== -1;
    return at;
  }

  function readPhrase(out: BlockWriter, text: string): string | undefined {
    const found = end.find(text);
    if (found === undefined) {
      const safe = text.length - end.held(text);
      pieces.push(text.slice(0, safe));
      held = text.slice(safe);
      return undefined;
    }
    pieces.push(text.slice(0, found.at));
    writeReasoning(out, pieces.join("").trimStart().slice(tag.open.length).trim());
    pieces = [];
    close(out, 2);
    return text.slice(found.at + found.length).trimStart();
  }

  function readStart(out: BlockWriter, text: string): string | undefined {
    const rest = text.trimStart();
    if (text.length - rest.length > mostBlanks || fences.inside()) {
      mode = "text";
      return text;
    }
    if (rest === "") {
      held = text;
      return undefined;
    }
    const mark = beginnings.look(rest, 0, false);
    if (mark === null) {
      held = text;
      return undefined;
    }
    if (mark === undefined) {
      mode = "text";
      return text;
    }
    const behind = rest.slice(mark.length);
    const found = tagsByOpening.get(mark);
    if (found === undefined) {
      if (closers.has(mark)) close(out, 2);
      // A leaked header of the turn; others leave it out.
      else writeText(out, text.slice(0, text.length - behind.length));
      return behind;
    }
    open(found);
    if (found.isPhrase !== true) return behind;
    mode = "phrase";
    return text;
  }

  function readUndecided(out: BlockWriter, text: string): string | undefined {
    const verdict = undecided?.push(text);
    return verdict === undefined ? undefined : decide(out, verdict);
  }

  function decide(out: BlockWriter, { reasoning, rest }: Verdict): string {
    mode = "start";
    if (reasoning === undefined) return rest;
    if (options.isAlone === true && rest.trim() === "") return reasoning;
    out.write("reasoning", withoutBreaks(reasoning));
    close(out, 2);
    return rest;
  }

  function readOpened(text: string): string {
    mode = "thinking";
    openedHere = true;
    return text.replace(/^\r?\n/, "");
  }

  function readClosed(text: string): string {
    if (breaksLeft > 0 && text.startsWith("\n")) {
      breaksLeft -= 1;
      return text.slice(1);
    }
    mode = "start";
    return text;
  }

  /** How text that is not empty is read. Returns what is still to be read, or undefined when more has to come. */
  const readers: Record<Mode, (out: BlockWriter, text: string) => string | undefined> = {
    undecided: readUndecided,
    start: readStart,
    text: readText,
    opened: (_out, text) => readOpened(text),
    thinking: readThinking,
    phrase: readPhrase,
    closed: (_out, text) => readClosed(text),
  };

  function release(out: BlockWriter): void {
    if (mode === "undecided" && undecided !== undefined) read(out, decide(out, undecided.end()));
    const rest = pieces.join("") + held;
    held = "";
    pieces = [];
    if (mode === "thinking") writeReasoning(out, rest);
    else if (mode !== "start" || !sawBlock || rest.trim() !== "") writeText(out, rest);
    if (mode === "phrase") mode = "text";
  }

  function read(out: BlockWriter, text: string): void {
    let rest: string | undefined = held + text;
    held = "";
    openedHere = false;
    mayBeInserted = true;
    while (rest !== undefined && rest !== "") rest = readers[mode](out, rest);
  }

  return {
    ...rewriteEvents({
      text: read,
      reasoning(out, text) {
        endBlock();
        writeReasoning(out, text);
      },
      release,
      toolCall() {
        endBlock();
        thoughts = [];
      },
      finish(out, reason, usage) {
        if (reason.kind === "stop") out.write("text", jsonAtEnd(thoughts.join("")));
        out.finish(reason, usage);
      },
    }),
    readsWhole: true,
  };
}

function withoutBreaks(reasoning: string): string {
  return reasoning.replace(/^\n/, "").replace(/\n$/, "");
}

/** A fence in a line of its own. What is before it is looked at from its first mark: a text may have many blanks. */
const lastFence = /`(?<=\n\s*`)`{2,}$/;

/** The JSON with which a text ends, on lines of its own; "" if it does not. */
function jsonAtEnd(text: string): string {
  const end = `\n${text.trimEnd().replace(lastFence, "")}`.trimEnd();
  const at = end.endsWith("}") ? end.lastIndexOf("\n{") : end.endsWith("]") ? end.lastIndexOf("\n[") : -1;
  return at === -1 ? "" : end.slice(at + 1);
}
