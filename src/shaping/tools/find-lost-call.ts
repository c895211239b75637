import { argumentKeys, nameKeys } from "./call-shape.ts";
import { createCodeTracker } from "./code-tracker.ts";

const callWord = "(?:tool|func|call|invoke|action|arg|param|name)";
const nameKey = `(?:${[...nameKeys].join("|")})`;
const argumentsKey = `(?:${[...argumentKeys].join("|")})`;
/** What models put before names: `functions.`, `default_api.`. */
const namespace = String.raw`(?:\w+[.:/])*`;

/** What stands before a name in JSON. */
const keyBefore = new RegExp(String.raw`["'{,\s]${nameKey}["']?\s*[:=]\s*["']?${namespace}$`);
const argumentsBehind = new RegExp(String.raw`^\s*(?::\d+)?["']?\s*,?\s*["']?${argumentsKey}["']?\s*[:=]`);
const argumentsInFront = new RegExp(String.raw`["']?${argumentsKey}["']?\s*[:=]`);
/** Markup of calls before a name: a tag or token, one that is still open, or a recipient. */
const markupBefore = new RegExp(
  [
    String.raw`[<[][^<>[\]\n]{0,40}${callWord}[^<>[\]\n]{0,40}[>\]]\s*`,
    String.raw`(?:<|\|>)[^<>\n]{0,40}${callWord}[^<>\n]{0,20}?[=:\s]["']?`,
    String.raw`\bto=`,
    String.raw`\bcall:`,
  ]
    .map((one) => `${one}${namespace}$`)
    .join("|"),
  "i",
);
const gluedBefore = new RegExp(String.raw`<[^<>\n]{0,40}${callWord}[^<>\n]{0,40}>\s*$`, "i");
const markupBehind = new RegExp(String.raw`^(?::\d+)?["']?\s*[<[][^<>[\]\n]{0,40}${callWord}`, "i");
const braceBehind = /^(?::\d+)?(?:\s*<\|[^|]*\|>)?(?:(?:json)?\{|\s?(?:json)?\s*\{\s*(?:["'}\\]|$))/;
/** Markup, and words of calls rather than of a sentence. */
const leading =
  /<[^<>\n]*>|\[[A-Z_/]+\]|\b(?:assistant|commentary|analysis|final|action|call|functions?|tools?|json|to)\b/gi;
/** Items of lists and quotes show something, they don't call. */
const shown = /^\s*(?:[-*+>]|\d+[.)])\s/;
/** Markup that may follow a call. */
const trailMarkup = /^(?:<[^<>\n]*>|\[\/?[A-Z_]+\])$/;
const quoted = /"(?:[^"\\]|\\[^])*("?)|'[^'\n]*'/g;
const doubleQuoted = /"(?:[^"\\]|\\[^])*"/y;
const singleQuoted = /'(?:[^'\\]|\\[^])*'/y;
const otherCall = /[[\],\s]|(?<![\w.-])[\w.-]+\([^()\n]*\)/g;

/** Of many places the last ones are looked at: what a model wants to do comes last. */
const mostPlaces = 64;
/** How far around a name is looked. */
const nearby = 300;
const farthest = 4000;

/**
 * The declared tool whose call a text seems to hold in a form that nobody reads; `undefined` if there is none.
 *
 * It takes a name outside of code directly beside call-like markup, `{` or `(`, *and* a place where calls stand rather than
 * sentences: the line begins with it, or the answer ends with it. A sentence that mentions a tool, lists of signatures,
 * definitions of tools, quotes and inline code are none.
 */
export function findLostCall(text: string, names: readonly string[]): string | undefined {
  const body = text.trimEnd().replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  const calls = [...findCalls(body, names)];
  const inCode = findCode(
    body,
    calls.map(({ at }) => at),
  );
  return calls.find(({ at }) => !inCode.has(at))?.name;
}

function* findCalls(body: string, names: readonly string[]): Generator<{ name: string; at: number }> {
  let left = mostPlaces;
  for (const name of names) {
    for (
      let at = body.lastIndexOf(name);
      at !== -1 && left > 0;
      at = at === 0 ? -1 : body.lastIndexOf(name, at - 1)
    ) {
      const end = at + name.length;
      if (/[\w-]/.test(body.charAt(at - 1)) || (/[\w-]/.test(body.charAt(end)) && !isGlued(body, at, end)))
        continue;
      left -= 1;
      if (isCall(body, at, end)) yield { name, at };
    }
  }
}

/** `<tool_call>bashcommand</arg_key>`: a name between tags, of which one is missing. */
function isGlued(text: string, at: number, end: number): boolean {
  return (
    gluedBefore.test(text.slice(Math.max(0, at - nearby), at)) &&
    /^\w+<\//.test(text.slice(end, end + nearby))
  );
}

function isCall(text: string, at: number, end: number): boolean {
  const around = text.slice(Math.max(0, at - nearby), at);
  const before = around.slice(around.lastIndexOf("\n") + 1);
  if (shown.test(before)) return false;
  const near = text.slice(end, end + nearby);
  const bracket = /^(?:\.call)?\(/.exec(near)?.[0];
  // Inside another call behind words it is a program.
  if (bracket !== undefined && /\w\($/.test(before) && !leads(around.slice(0, around.length - before.length)))
    return false;
  if (bracket !== undefined) return isPlainCall(text, before, end + bracket.length - 1);
  if (around.includes("{") && keyBefore.test(around)) {
    const inFront =
      /^\s*["']\s*\}/.test(near) && argumentsInFront.test(text.slice(Math.max(0, at - farthest), at));
    return (argumentsBehind.test(near) || inFront) && stands(text, before, end);
  }
  if (/^\s*action:\s*$/i.test(before)) return /^\s*\n\s*action input:/i.test(near);
  const isTag =
    before.endsWith("<") &&
    ((near.startsWith(">") && text.includes(`</${text.slice(at, end)}>`, end)) ||
      /^\s+[\w-]+=["'][^<>]*>/.test(near));
  // A name may stand on the line below its markup.
  const opened = markupBefore.test(before.trim() === "" ? around : before);
  const closed = markupBehind.test(near);
  // The token that ended it was left out with the answer's end.
  if (opened && closed && leads(before)) return true;
  return (isTag || opened || closed || braceBehind.test(near)) && stands(text, before, end);
}

/** Whether nothing but markup and words of calls stands in a text. */
function leads(text: string): boolean {
  return !/[A-Z\d]/i.test(text.replaceAll(leading, " "));
}

/** Whether the answer ends with what begins here, or the line holds nothing else. */
function stands(text: string, before: string, end: number): boolean {
  const rest = text.slice(end, end + farthest);
  const closes = /[}\])>][`;\s]*$/.test(text.slice(-20));
  if (closes && !/[.!?]\s+\S/.test(withoutStrings(rest.replace(/^["']/, "")))) return true;
  if (!leads(before)) return false;
  const line = /^[^\n]*/.exec(rest)?.[0].trimEnd() ?? "";
  return line === "" ? rest !== "" : /[}\])>{[(,:|"']$/.test(line);
}

/** `name(…)` in plain text: only what ends the answer, and not what a sentence or a list of signatures says. */
function isPlainCall(text: string, before: string, open: number): boolean {
  const inside = readInside(text.slice(open, open + farthest * 10));
  if (inside === undefined) return breaksOff(text.slice(open + 1, open + farthest), before);
  const behind = text.slice(open + inside.length + 2);
  if (behind.length > farthest) return false;
  const rest = withoutTrail(behind).replaceAll(otherCall, "");
  if (/[^\])>`;]/.test(rest)) return false;
  return /["'=\d]/.test(inside) || (inside.trim() === "" && before.replaceAll(otherCall, "") === "");
}

/** Whether the answer ends inside the brackets of a call that its line begins with, rather than in words about it. */
function breaksOff(rest: string, before: string): boolean {
  return leads(before) && /^[^.!?\n]*["'=:\d]/.test(rest) && !/\n\s*\n|[.!?]\s*$/.test(rest);
}

/** What stands in the brackets with which a text begins; `undefined` if they are not closed. Strings are passed over. */
function readInside(text: string): string | undefined {
  let depth = 0;
  // Behind a quote that nothing closes none of its kind is closed.
  const unclosed = new Set<string>();
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    if (depth === 0) return text.slice(1, at);
    const string = sign === '"' ? doubleQuoted : sign === "'" ? singleQuoted : undefined;
    if (string === undefined || unclosed.has(sign)) continue;
    string.lastIndex = at;
    if (string.test(text)) at = string.lastIndex - 1;
    else unclosed.add(sign);
  }
  return undefined;
}

/** A text without its strings. What follows a quote that nothing closes is looked over once, not for each quote in it. */
function withoutStrings(text: string): string {
  return text.replaceAll(quoted, (string: string, close: string | undefined) =>
    close === "" ? string.replaceAll(/'[^'\n]*'/g, "") : "",
  );
}

/** A text without the markup at its end, which is read from there. */
function withoutTrail(text: string): string {
  let end = text.length;
  for (;;) {
    while (/[\s`;]/.test(text.charAt(end - 1))) end -= 1;
    const last = text.charAt(end - 1);
    const start =
      last === ">" ? text.lastIndexOf("<", end - 1) : last === "]" ? text.lastIndexOf("[", end - 1) : -1;
    if (start === -1 || !trailMarkup.test(text.slice(start, end))) return text.slice(0, end);
    end = start;
  }
}

/** Which of some places of a text are Markdown code. */
function findCode(text: string, places: readonly number[]): ReadonlySet<number> {
  const tracker = createCodeTracker();
  const inCode = new Set<number>();
  let seen = 0;
  for (const at of places.toSorted((one, other) => one - other)) {
    tracker.seeAll(text.slice(seen, at));
    seen = at;
    if (tracker.inCode()) inCode.add(at);
  }
  return inCode;
}
