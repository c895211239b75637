import type { JsonSchema } from "../../model/request.ts";
import type { Mutable } from "../../model/mutable.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { gatherFragments } from "../tools/gather-text.ts";
import { createTextReader, type Reading } from "../tools/text-reader.ts";
import type { JsonJudge, Verdict } from "./judge-json.ts";
import { createMemberWriter, type MemberPort } from "./member-writer.ts";
import { membersOf, type Members } from "./members.ts";
import { readMembers } from "./read-members.ts";
import { seekValue, type Seen } from "./seek-value.ts";

/** Finds the JSON object or array of an answer in a text that comes in pieces. */
export interface AnswerReader {
  /** Returns what may be given out now. */
  push(text: string): string;
  /** Nothing more will come. Returns what may be given out now. */
  end(): string;
  /**
   * How far it is: a value of which something was given out is `streaming`, then `streamed`, or `broken`; `found` has one
   * that fits and may be given out, whole.
   */
  readonly state: "seeking" | "streaming" | "streamed" | "broken" | "found";
  /** The value that was found or given out. */
  value(): string;
  /** What was read of a value and not given out, for an answer that was cut. */
  held(): string;
  /** Why the values that were seen do not do; the first that was JSON at all. */
  readonly verdict: Verdict;
}

/** Settings of `createAnswerReader`. */
export interface AnswerReaderOptions {
  readonly brackets: readonly ("{" | "[")[];
  readonly schema: JsonSchema | undefined;
  /** What the schema is called. */
  readonly name: string | undefined;
  /** Nothing is given out before it is whole. */
  readonly hold: boolean;
  readonly budget: CheckBudget;
  readonly judge: JsonJudge;
}

/** Words before a value that may be no answer yet; in such a text the last value counts. */
const example =
  /\b(e\.g|examples?|samples?|templates?|for instance|looks? like|(format|structure|schema)( \w+){0,2} (is|looks?|should|would|must))\b|例|模板/i;
/** Tags and tokens of calls: what follows may wrap the answer. */
const callMarkup = /<\/?(tool|function|invoke)|\[TOOL_CALLS|<\|/i;
/** What stands directly before a list that is meant: nothing, a fence, a tag, a colon. */
const beforeList = /(^|[\n>:`])\s*$/;
/** Texts that stand for a value. */
const placeholders = ["string", "text", "value", "...", "…"];
const longestPlaceholder = 40;

const mayBeExample = ({ before }: Seen): boolean => example.test(before);
const isCitation = ({ bracket, before }: Seen): boolean => bracket === "[" && !beforeList.test(before);

/** Creates a reader. What stands around the value (a fence, chatter) is left out; faults are mended on the way. */
export function createAnswerReader(options: AnswerReaderOptions): AnswerReader {
  const { brackets, name, hold, budget, judge } = options;
  const schema = options.schema ?? {};
  const stands = name === undefined ? placeholders : [...placeholders, name.toLowerCase()];
  const reader = createTextReader();
  /** What may be given out now. */
  let out: string[] = [];
  let given = "";
  let fragments = gatherFragments();
  /** A value that fits, but of which a later one may be the meant one. */
  let fallback: string | undefined;
  /** The value may wrap the answer, or is one to ask about: nothing of it goes out before its end. */
  let isBlocked = false;
  /** Something of the value would go out by now; whether it does or not, it is judged the same. */
  let isCertain = false;
  /** It has keys that the schema does not know, or objects where text belongs. */
  let isStrange = false;
  /** Strings of the value so far that stand for a value, and others. */
  let count = { stand: 0, real: 0 };

  function open(): void {
    if (isBlocked || isCertain) return;
    isCertain = true;
    if (hold) return;
    port.opened = true;
    answer.state = "streaming";
    out.push(fragments.text());
    fragments = gatherFragments();
    reader.forget();
  }

  /** `isChoice`: one of few values, which says little where others only stand for one. */
  function noteString(text: string, isChoice: boolean): void {
    if (text.startsWith("<") || stands.includes(text.toLowerCase())) count.stand += 1;
    else if (!isChoice || count.stand === 0) {
      count.real += 1;
      open();
    }
  }

  const port: Mutable<MemberPort> = {
    opened: false,
    put(text) {
      if (port.opened) out.push(text);
      else fragments.add(text);
    },
    grow: (_key, text) => fragments.grow(text),
    grew(pieces) {
      if (isBlocked || isCertain) return;
      const text = pieces.text().toLowerCase();
      const mayStand =
        text.length < longestPlaceholder &&
        (text.startsWith("<") || stands.some((one) => one.startsWith(text)));
      if (!mayStand) open();
    },
    wrote(members: Members, key, value) {
      if (isCertain || value === undefined) return;
      if (!members.admits(key, value)) isBlocked = true;
      else if (typeof value === "string") noteString(value, !members.passesStrings(key));
      else if (members.brackets === "[]") open();
    },
    stray() {
      if (isCertain) return;
      isStrange = true;
      isBlocked = true;
    },
    closed(isWhole) {
      if (isWhole) open();
      else if (!isCertain) isBlocked = true;
    },
  };

  function begin(seen: Seen): void {
    fragments = gatherFragments();
    count = { stand: 0, real: 0 };
    isCertain = false;
    isStrange = false;
    isBlocked = mayBeExample(seen) || isCitation(seen) || callMarkup.test(seen.before);
  }

  function consider(text: string, raw: string, seen: Seen): void {
    // Of an object that has nothing but strange keys nothing is left, which may fit by chance.
    const ways = !isStrange || isCertain ? [text, raw] : /^\{\s*\}$/.test(text) ? [raw] : [raw, text];
    let verdict: Verdict = { kind: "no-json" };
    // Not both at once: each takes tens of milliseconds for what is large.
    for (const way of new Set(ways)) {
      const one = judge.read(way);
      if (one.kind === "fits" || verdict.kind === "no-json") verdict = one;
      if (one.kind === "fits") break;
    }
    if (verdict.kind !== "fits") {
      if (answer.verdict.kind === "no-json") answer.verdict = verdict;
      return;
    }
    const isPattern = !isCertain && count.stand > 0 && count.real === 0;
    if (mayBeExample(seen) || isPattern) fallback = verdict.text;
    else if (isCitation(seen)) fallback ??= verdict.text;
    else {
      answer.state = "found";
      given = verdict.text;
    }
  }

  function* scan(): Reading<void> {
    while (answer.state === "seeking") {
      const seen = yield* seekValue(reader, brackets);
      if (seen === undefined) return;
      begin(seen);
      reader.record();
      const members = membersOf(schema, schema, seen.bracket) ?? membersOf(undefined, schema, seen.bracket);
      if (members === undefined) return;
      const work = { root: schema, budget, port };
      const end = yield* readMembers(reader, createMemberWriter(members, work));
      const isWhole = end === "complete" || end === "open";
      if (port.opened) {
        answer.state = isWhole ? "streamed" : "broken";
        return;
      }
      if (isWhole) consider(fragments.text(), reader.recorded(), seen);
    }
  }

  const scanning = scan();
  let isDone = false;

  function step(): string {
    if (!isDone) isDone = scanning.next().done === true;
    const text = out.join("");
    out = [];
    if (answer.state !== "found") given += text;
    return text;
  }

  const answer: Mutable<AnswerReader> = {
    state: "seeking",
    verdict: { kind: "no-json" },
    push(text) {
      if (isDone) return "";
      reader.push(text);
      return step();
    },
    end() {
      reader.end();
      const text = step();
      if (answer.state === "seeking" && fallback !== undefined) {
        answer.state = "found";
        given = fallback;
      }
      return text;
    },
    value: () => given,
    held() {
      if (answer.state === "found" || fallback !== undefined) return fallback ?? given;
      if (answer.state !== "seeking") return "";
      const text = fragments.text();
      return text === "" ? reader.recorded() : text;
    },
  };
  return answer;
}
