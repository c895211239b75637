import type { BlockWriter } from "../model/block-writer.ts";
import { createFenceTracker } from "./create-fence-tracker.ts";
import { heldSuffix } from "./held-suffix.ts";
import { rewriteEvents } from "./rewrite-events.ts";
import type { Shaper } from "./shaper.ts";

const openTag = "<think>";
const closeTag = "</think>";
/** Around a block Akash Chat adds one line break inside each tag and two behind. */
const opening = `${openTag}\n`;
const insertedClosing = `\n${closeTag}\n\n`;
/** Blanks before an opening tag. A model that got stuck writes them without end. */
const mostBlanks = 1000;
const closers = [closeTag, `\n${closeTag}`];

/** Settings of `splitThinking`. */
export interface ThinkingOptions {
  /**
   * The opening tag may be missing (the template of R1, QwQ and Qwen's Thinking models puts it into the prompt): an
   * answer that does not begin with `<think>` is held until `</think>` tells it from a plain answer, or the end.
   * Only for such models: their plain answers come late, but those of all others must not.
   */
  readonly mayOmitOpening: boolean;
}

/** `start`: nothing but blanks since the beginning or the last block. `opened`, `closed`: just behind a tag. */
type Mode = "undecided" | "start" | "text" | "opened" | "thinking" | "closed";

/** Whether a model is of a family that is known to leave out the opening tag. */
export function omitsOpeningTag(model: string): boolean {
  return /deepseek-r1|qwq|thinking/i.test(model);
}

/**
 * Turns `<think>` blocks in the text into reasoning blocks. A tag counts
 * - at the beginning of the answer, or right behind an earlier block: always;
 * - anywhere else: only outside of code, and with a line break behind it, as Akash Chat writes it. So text that
 *   speaks of the tag stays text.
 *
 * Akash Chat inserts a block in one piece, with line breaks around its closing tag; in such a piece a closing tag
 * without them is part of the reasoning (test/fixtures/shaping/674-…). Otherwise the first closing tag ends it.
 * Unclosed reasoning stays reasoning. Only an ambiguous tail is held back. `</think>` without an opening tag is text,
 * unless `mayOmitOpening`.
 */
export function splitThinking(options: ThinkingOptions): Shaper {
  const fences = createFenceTracker();
  let mode: Mode = options.mayOmitOpening ? "undecided" : "start";
  let held = "";
  let breaksLeft = 0;
  let lastCharacter = "";
  let sawBlock = false;
  /** The opening tag stood in the piece that is being read. */
  let openedHere = false;
  const undecided = createUndecided();

  function writeText(out: BlockWriter, text: string): void {
    if (text === "") return;
    out.write("text", text);
    fences.push(text);
    lastCharacter = text.charAt(text.length - 1);
  }

  function close(out: BlockWriter, breaks: number): void {
    out.close();
    sawBlock = true;
    mode = "closed";
    breaksLeft = breaks;
  }

  /** Plain text up to a tag that counts. Returns what is behind the tag, or undefined when all was read. */
  function readText(out: BlockWriter, text: string): string | undefined {
    let done = 0;
    for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", at + 1)) {
      const candidate = text.slice(at, at + opening.length);
      if (!opening.startsWith(candidate)) continue;
      writeText(out, text.slice(done, at));
      done = at;
      if (fences.inside() || lastCharacter === "`") continue;
      if (candidate.length < opening.length) {
        held = text.slice(at);
        return undefined;
      }
      mode = "opened";
      return text.slice(at + openTag.length);
    }
    writeText(out, text.slice(done));
    return undefined;
  }

  function readThinking(out: BlockWriter, text: string): string | undefined {
    const first = text.indexOf(closeTag);
    const inserted = openedHere && first > 0 ? text.indexOf(insertedClosing) : -1;
    const at = inserted === -1 ? first : inserted + 1;
    if (at === -1) {
      const safe = text.length - heldSuffix(text, closers);
      out.write("reasoning", text.slice(0, safe));
      held = text.slice(safe);
      return undefined;
    }
    out.write("reasoning", text.slice(0, text[at - 1] === "\n" ? at - 1 : at));
    close(out, 2);
    return text.slice(at + closeTag.length);
  }

  function readStart(text: string): string | undefined {
    const rest = text.trimStart();
    if (text.length - rest.length > mostBlanks) {
      mode = "text";
      return text;
    }
    if (rest.startsWith(openTag) && !fences.inside()) {
      mode = "opened";
      return rest.slice(openTag.length);
    }
    if (openTag.startsWith(rest)) {
      held = text;
      return undefined;
    }
    mode = "text";
    return text;
  }

  function readUndecided(out: BlockWriter, text: string): string | undefined {
    const verdict = undecided.push(text);
    if (verdict === undefined) return undefined;
    if (verdict.reasoning === undefined) {
      mode = "start";
      return verdict.rest;
    }
    out.write("reasoning", withoutBreaks(verdict.reasoning));
    close(out, 2);
    return verdict.rest;
  }

  function readOpened(text: string): string {
    mode = "thinking";
    openedHere = true;
    return text.startsWith("\n") ? text.slice(1) : text;
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
    start: (_out, text) => readStart(text),
    text: readText,
    opened: (_out, text) => readOpened(text),
    thinking: readThinking,
    closed: (_out, text) => readClosed(text),
  };

  function release(out: BlockWriter): void {
    if (mode === "undecided") {
      const all = undecided.end();
      if (all.reasoning !== undefined) {
        out.write("reasoning", withoutBreaks(all.reasoning));
        close(out, 0);
      } else {
        mode = "start";
        read(out, all.rest);
      }
    }
    const rest = held;
    held = "";
    if (mode === "thinking") out.write("reasoning", rest);
    else if (mode !== "start" || !sawBlock || rest.trim() !== "") writeText(out, rest);
  }

  function read(out: BlockWriter, text: string): void {
    let rest: string | undefined = held + text;
    held = "";
    openedHere = false;
    while (rest !== undefined && rest !== "") rest = readers[mode](out, rest);
  }

  return { ...rewriteEvents({ text: read, release }), readsWhole: true };
}

function withoutBreaks(reasoning: string): string {
  return reasoning.replace(/^\n/, "").replace(/\n$/, "");
}

interface Verdict {
  /** What stood before a lone closing tag. */
  readonly reasoning: string | undefined;
  readonly rest: string;
}

/** Collects an answer until it is certain whether it is reasoning whose opening tag is missing. */
function createUndecided() {
  const pieces: string[] = [];
  let tail = "";

  function all(): string {
    return pieces.join("");
  }

  return {
    push(text: string): Verdict | undefined {
      pieces.push(text);
      const seen = tail + text;
      const open = seen.indexOf(openTag);
      for (let close = seen.indexOf(closeTag); close !== -1; close = seen.indexOf(closeTag, close + 1)) {
        if (open !== -1 && open < close) break;
        const behind = close + closeTag.length;
        if (seen[close - 1] !== "\n" && seen[behind] !== "\n") continue;
        const whole = all();
        const at = whole.length - seen.length;
        return { reasoning: whole.slice(0, at + close), rest: whole.slice(at + behind) };
      }
      if (open !== -1) return { reasoning: undefined, rest: all() };
      // The closing tag, and one character on either side.
      tail = seen.slice(-(closeTag.length + 1));
      return undefined;
    },
    end(): Verdict {
      const whole = all();
      const trimmed = whole.trimEnd();
      return trimmed.endsWith(closeTag)
        ? { reasoning: trimmed.slice(0, -closeTag.length), rest: "" }
        : { reasoning: undefined, rest: whole };
    },
  };
}
