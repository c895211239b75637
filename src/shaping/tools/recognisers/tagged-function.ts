import { LRUCache } from "lru-cache";

import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { turnEndsAfterCall } from "../../turn-tokens.ts";
import { readChildren, seesChild } from "./child-tags.ts";
import {
  argumentClosings,
  argumentOpenings,
  attribute,
  blockClosings,
  blockOpenings,
  readAttributes,
  readClosing,
  readSpace,
  seesObject,
  tags,
} from "./markup.ts";
import { readRawParameter, type RawParameter, type ValueEnd } from "./raw-parameter.ts";

const functionClosings = tags("</", ["function", "invoke"], ">");
/** What opens a call that an attribute of the tag names. */
export const invokeOpenings = tags("<", ["invoke", "function"], " ");
/** What a parameter is called: DeepSeek, MiniMax, Qwen and Anthropic say `parameter`. */
const parameterNames = ["parameter", "param", "argument", "arg"] as const;
const namedOpenings = tags("<", parameterNames, " ");
const parameterOpenings = [...namedOpenings, "<parameter="] as const;
/** What opens a call whose tag names it. */
export const functionOpenings = [...invokeOpenings, "<function="] as const;
const closers = createStops(["</function", "</invoke", "</tool_call", ...argumentClosings]);

/** What may follow a parameter. */
const afterParameter = [
  ...parameterOpenings,
  ...functionClosings,
  ...blockClosings,
  ...functionOpenings,
  ...argumentClosings,
  ...blockOpenings,
  ...turnEndsAfterCall,
];
// Left out before the function's end at times; more than that has to follow then, since code holds `</function>`.
const functionEnd: ValueEnd = {
  marks: functionClosings,
  before: [...blockClosings, ...functionOpenings, ...blockOpenings],
  outer: true,
};
const onlyFunctionEnd = [functionEnd];
/** What may follow tags that are named by the keys, or a call that was given up. */
const afterChildren = [...argumentClosings, ...functionClosings, ...blockClosings, ...functionOpenings];
const functionClosingsWritten = [...functionClosings, "<function>"];
const firstInside = [...parameterOpenings, ...functionClosings];
const emptyEnds = [...argumentClosings, ...blockClosings];
const argumentsInside = [...parameterOpenings, ...argumentOpenings];
const endsOf = new Map(
  parameterNames.map((name) => [
    name as string,
    [{ marks: tags("</", [name], ">"), before: afterParameter }, functionEnd],
  ]),
);

/**
 * Reads a call after `<function=`: Qwen3-Coder's raw parameters, or Llama 3.1's JSON. Llama 3.3 leaves out the end of the
 * tag at times, or puts brackets in its place: `<function=bash={…}</function>`, `<function(bash){…}`.
 */
export const readFunctionEquals: Recogniser = function* (session) {
  const { reader, directory } = session;
  const head = yield* reader.while(/[^<>\n={(),[]/y, 200);
  let rest = "";
  const isDeclared = directory.find(unquote(head)) !== undefined;
  // Code compares with functions, too.
  if (!isDeclared && !reader.recorded().includes("=")) return false;
  if (isDeclared) {
    rest = yield* reader.while(/[=(),[ ]/y, 4);
    if ((yield* reader.sees(["{"])) && (yield* seesObject(session))) {
      const call = session.begin(unquote(head));
      const bracket = rest.includes("(") ? ")" : undefined;
      const end = yield* readSettledArguments(session, call, closers, bracket);
      yield* reader.while(/[)\]>\s]/y, 8);
      yield* reader.accept(functionClosingsWritten);
      concludeCall(session, call, end);
      return true;
    }
  }
  rest += yield* reader.while(/[^<>\n]/y, 300);
  if ((yield* reader.accept([">"])) === undefined || head + rest === "" || (head + rest).startsWith("="))
    return false;
  return yield* readFunction(session, unquote((head + rest).replace(/\)$/, "")), "stripped");
};

/** Reads a call after `<invoke ` or `<function `: the style of Anthropic, DeepSeek V3.2 (DSML) and MiniMax. */
export const readInvoke: Recogniser = function* (session) {
  const attributes = yield* readAttributes(session);
  const name = attributes === undefined ? undefined : attribute(attributes, "name");
  if (name !== undefined) return yield* readFunction(session, name, "paired");
  // A call that was begun and given up, in front of the end of the block.
  yield* session.reader.space();
  const isBegun = /(?:invoke|function)\s*(?:n|na|nam|name\b[^\n]*)?>?\s*$/i.test(session.reader.recorded());
  if (!isBegun || !session.outlet.followsCall || !(yield* seesEnd(session, afterChildren))) return false;
  session.outlet.layout(session.reader.recorded());
  return true;
};

function endsFor(opened: string): readonly ValueEnd[] {
  return endsOf.get(/[a-z]+(?=[ =]$)/i.exec(opened)?.[0] ?? "") ?? onlyFunctionEnd;
}

/** What was prepared for keys that came before: a model calls the same tools again and again. */
const endsByKey = new WeakMap<readonly ValueEnd[], LRUCache<string, readonly ValueEnd[]>>();
const mostKeys = 200;
const longestKey = 64;

/** Some close the value with the key. */
function endsWithKey(ends: readonly ValueEnd[], key: string): readonly ValueEnd[] {
  const known = endsByKey.get(ends) ?? new LRUCache<string, readonly ValueEnd[]>({ max: mostKeys });
  endsByKey.set(ends, known);
  const all = known.get(key) ?? [...ends, { marks: [`</${key}>`], before: afterParameter }];
  if (key.length <= longestKey) known.set(key, all);
  return all;
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** Whether a parameter or argument of a declared tool opens here. */
export function* seesParameter({ reader, directory }: CallSession, name: string): Reading<boolean> {
  if (yield* reader.sees(argumentsInside)) return true;
  const tool = directory.find(name);
  return tool !== undefined && (yield* seesChild(reader, tool)) !== undefined;
}

/**
 * Reads a call behind the tag that names it: JSON, parameters in tags of their own, or tags named by the keys. All of it
 * may stand in `<arguments>` or the like.
 */
export function* readFunction(
  session: CallSession,
  name: string,
  newlines: RawParameter["newlines"],
): Reading<boolean> {
  const { reader, directory } = session;
  const tool = directory.find(name);
  yield* readSpace(session);
  // A key may have such a name, too.
  const isWrapped = tool !== undefined && (yield* seesChild(reader, tool)) === undefined;
  if (isWrapped && (yield* reader.accept(argumentOpenings)) !== undefined) yield* readSpace(session);
  if (yield* reader.sees(["{"])) {
    // `<function=` stands for nothing else; the other tags may.
    if (tool === undefined && newlines !== "stripped") return false;
    const call = session.begin(name);
    const end = yield* readSettledArguments(session, call, closers);
    yield* readClosing(session, argumentClosings);
    yield* readClosing(session, functionClosingsWritten);
    yield* readClosing(session, blockClosings);
    concludeCall(session, call, end);
    return true;
  }
  if (tool !== undefined && (yield* seesChild(reader, tool)) !== undefined) {
    const call = session.begin(name);
    if (yield* readChildren(session, call, tool, afterChildren)) yield* readFunctionEnd(session, call);
    else call.cut();
    return true;
  }
  // Other XML has functions and invocations, too: only a parameter or the end makes it a call of an unknown tool.
  const isCall = yield* reader.sees(firstInside);
  if (!isCall && (tool === undefined || !(yield* seesEnd(session, emptyEnds)))) return false;
  const call = session.begin(name);
  if (yield* readParameters(session, call, { name, newlines })) yield* readFunctionEnd(session, call);
  return true;
}

/** Whether one of `ends` comes next, or nothing. */
function* seesEnd({ reader }: CallSession, ends: readonly string[]): Reading<boolean> {
  return (yield* reader.sees(ends)) || !(yield* reader.need(1));
}

function* readFunctionEnd(session: CallSession, call: CallWriter): Reading<void> {
  const { reader } = session;
  yield* readClosing(session, argumentClosings);
  yield* readSpace(session);
  const closed = yield* reader.accept(functionClosings);
  yield* readClosing(session, blockClosings);
  concludeCall(session, call, closed === undefined ? "open" : "complete");
}

/** Reads parameters up to what is none. False: the call came to its end inside one, and was dealt with. */
function* readParameters(
  session: CallSession,
  call: CallWriter,
  style: { readonly name: string; readonly newlines: RawParameter["newlines"] },
): Reading<boolean> {
  const { reader } = session;
  const tool = session.directory.find(style.name);
  const seen = new Set<string>();
  for (;;) {
    yield* readSpace(session);
    const opened = yield* reader.accept(parameterOpenings);
    if (opened === undefined) return true;
    const attributes = yield* readAttributes(session);
    const key =
      attributes === undefined
        ? undefined
        : opened.endsWith("=")
          ? unquote(attributes)
          : attribute(attributes, "name");
    if (attributes === undefined || key === undefined) {
      if (reader.ended && reader.at === reader.text.length) call.cut();
      else call.fail();
      return false;
    }
    seen.add(key);
    // DeepSeek V3.2 says which values are strings, and keeps their line breaks.
    const typed = opened.endsWith("=") ? undefined : attribute(attributes, "string");
    const ended = yield* readRawParameter(reader, call, key, {
      form: typed === "false" ? "json" : typed === "true" ? "string" : "text",
      newlines: typed === undefined ? style.newlines : "kept",
      ends: endsWithKey(endsFor(opened), key),
      implicit: opened.endsWith("=")
        ? {
            mark: opened,
            key: /^"?([^">\n]+)"?>/,
            atLineStart: true,
            isKey: (one) => !seen.has(one) && tool?.takes(one) === true,
          }
        : undefined,
    });
    if (!ended) {
      call.cut();
      return false;
    }
  }
}
