import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { attribute, blockClosings, blockOpenings, readAttributes, readClosing, tags } from "./markup.ts";
import { readRawParameter, type RawParameter, type ValueEnd } from "./raw-parameter.ts";

const functionClosings = tags("</", ["function", "invoke"], ">");
const parameterClosings = tags("</", ["parameter"], ">");
const parameterOpenings = [...tags("<", ["parameter"], " "), "<parameter="] as const;
const functionOpenings = [...tags("<", ["invoke", "function"], " "), "<function="] as const;
const closers = createStops(["</function", "</invoke", "</tool_call"]);

const valueEnds: readonly ValueEnd[] = [
  {
    marks: parameterClosings,
    before: [...parameterOpenings, ...functionClosings, ...blockClosings, ...functionOpenings],
  },
  // Left out before the function's end at times; more than that has to follow then, since code holds `</function>`.
  { marks: functionClosings, before: [...blockClosings, ...functionOpenings, ...blockOpenings], outer: true },
];

/** Reads a call after `<function=`: Qwen3-Coder's raw parameters, or Llama 3.1's JSON. */
export const readFunctionEquals: Recogniser = function* (session) {
  const name = yield* readAttributes(session);
  return name === undefined || name.startsWith("=")
    ? false
    : yield* readFunction(session, unquote(name), "stripped");
};

/** Reads a call after `<invoke ` or `<function `: the style of Anthropic, DeepSeek V3.2 (DSML) and MiniMax. */
export const readInvoke: Recogniser = function* (session) {
  const attributes = yield* readAttributes(session);
  const name = attributes === undefined ? undefined : attribute(attributes, "name");
  return name === undefined ? false : yield* readFunction(session, name, "paired");
};

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

function* readFunction(
  session: CallSession,
  name: string,
  newlines: RawParameter["newlines"],
): Reading<boolean> {
  const { reader, directory } = session;
  yield* reader.space();
  if (yield* reader.sees(["{"])) {
    // `<function=` stands for nothing else; the other tags may.
    if (directory.find(name) === undefined && newlines !== "stripped") return false;
    const call = session.begin(name);
    const end = yield* readSettledArguments(session, call, closers);
    yield* readClosing(session, functionClosings);
    yield* readClosing(session, blockClosings);
    concludeCall(session, call, end);
    return true;
  }
  // Other XML has functions and invocations, too: only a parameter or the end makes it a call of an unknown tool.
  const isCall = yield* reader.sees([...parameterOpenings, ...functionClosings]);
  if (!isCall && (directory.find(name) === undefined || !(yield* reader.sees(blockClosings)))) return false;
  const call = session.begin(name);
  if (!(yield* readParameters(session, call, { name, newlines }))) return true;
  const closed = yield* reader.accept(functionClosings);
  yield* readClosing(session, blockClosings);
  concludeCall(session, call, closed === undefined ? "open" : "complete");
  return true;
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
    yield* reader.space();
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
      ends: valueEnds,
      implicit: opened.endsWith("=")
        ? {
            mark: opened,
            isKey: (one) => !seen.has(one) && tool?.schemaFor(tool.keyFor(one)) !== undefined,
          }
        : undefined,
    });
    if (!ended) {
      call.cut();
      return false;
    }
  }
}
