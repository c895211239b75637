import { turnEndsAfterCall } from "../../turn-tokens.ts";
import { concludeCall, type CallSession } from "../call-session.ts";
import { loosen } from "../../schema/loosen.ts";
import type { DeclaredTool } from "../tool-directory.ts";
import type { Reading } from "../text-reader.ts";
import { blockClosings, blockOpenings, readSpace, resultOpenings, tags } from "./markup.ts";
import { readKeywords } from "./python-calls.ts";
import { readRawParameter, type ValueEnd } from "./raw-parameter.ts";

const keyOpenings = tags("<", ["arg_key"], ">");
const keyClosings = tags("</", ["arg_key"], ">");
const valueOpenings = tags("<", ["arg_value"], ">");
const valueClosings = tags("</", ["arg_value"], ">");
/** Around values the tags get mixed up. */
const afterValue = [...valueClosings, ...keyClosings, ...valueOpenings];
const afterKey = [...keyClosings, ...keyOpenings, ...valueClosings];
const afterCall = [...blockClosings, ...blockOpenings, ...resultOpenings, ...turnEndsAfterCall];

/**
 * Reads a call of GLM 4.5 and later behind its bare name: pairs of `<arg_key>` and `<arg_value>`. Of the tags some are
 * left out, doubled or mixed up at times; what is a key then shows by what the tool declares. A word that neither a pair
 * nor the closing tag follows is prose.
 */
export function* readGlmCall(session: CallSession, written: string): Reading<boolean> {
  const { reader, directory } = session;
  const { name, key: glued } = (yield* reader.sees(keyClosings))
    ? splitName(session, written)
    : { name: written, key: undefined };
  const tool = directory.find(name);
  if (tool !== undefined && glued === undefined) {
    // Without pairs only the name tells a call from prose about the tags.
    if (yield* reader.sees(blockClosings)) {
      const call = session.begin(name);
      yield* reader.accept(blockClosings);
      call.end();
      return true;
    }
    if (yield* seesKey(session, tool, "", "=")) return yield* readAttributes(session, name);
  }
  const isCall =
    glued !== undefined ||
    (yield* reader.sees(keyOpenings)) ||
    (tool !== undefined && (yield* seesBrokenKey(session, tool)));
  if (!isCall) return false;
  const call = session.begin(name);
  const ends = endsFor(tool);
  const seen = new Set<string>();
  for (let first = glued; ; first = undefined) {
    const key = first ?? (yield* readKey(session, tool));
    if (key === undefined) break;
    seen.add(key);
    const closed = (yield* readAll(session, afterKey)) || first !== undefined;
    yield* readSpace(session);
    const opened = yield* readAll(session, valueOpenings);
    // A value without its opening begins here, unless there is none.
    if (!opened && (!closed || !(yield* reader.need(1)) || (yield* reader.sees(["<"])))) {
      if (reader.ended && reader.at === reader.text.length) call.cut();
      else call.fail();
      return true;
    }
    const ended = yield* readRawParameter(reader, call, key, {
      form: "text",
      newlines: "kept",
      ends,
      implicit: {
        mark: "<arg_key>",
        key: /^([^<\n]+)<\/arg_key>/,
        atLineStart: false,
        isKey: (one) => !seen.has(one) && tool?.takes(one) !== false,
      },
    });
    if (!ended) {
      call.cut();
      return true;
    }
    do yield* readSpace(session);
    while (yield* readAll(session, afterValue));
  }
  const closed = yield* reader.accept(blockClosings);
  concludeCall(session, call, closed === undefined ? "open" : "complete");
  return true;
}

/** What ends a value: its tag, or the call's end where the tag was left out. */
function endsFor(tool: DeclaredTool | undefined): readonly ValueEnd[] {
  const bareKeys = (tool?.keys ?? []).map((key) => `${key}</arg_key>`);
  return [
    { marks: afterValue, before: [...keyOpenings, ...afterValue, ...afterCall, ...bareKeys, "\\n"] },
    {
      marks: blockClosings,
      before: [...blockOpenings, ...resultOpenings, ...turnEndsAfterCall],
      outer: true,
    },
  ];
}

/** The name and the key of `bashcommand</arg_key>`, where the tag between them is missing. */
function splitName({ directory }: CallSession, written: string): { name: string; key: string | undefined } {
  for (let length = written.length - 1; length > 0; length -= 1) {
    const tool = directory.find(written.slice(0, length));
    const key = written.slice(length);
    if (tool?.takes(key) === true) return { name: written.slice(0, length), key };
  }
  return { name: written, key: undefined };
}

/** Whether a key comes whose opening is missing, or is another tag. */
function* seesBrokenKey(session: CallSession, tool: DeclaredTool): Reading<boolean> {
  for (const opening of ["", "<tool_call>"]) {
    if (yield* seesKey(session, tool, opening, "</arg_key>")) return true;
  }
  return false;
}

/** Reads a key up to its closing tag; `undefined` if none comes. */
function* readKey(session: CallSession, tool: DeclaredTool | undefined): Reading<string | undefined> {
  const { reader } = session;
  yield* readSpace(session);
  if (!(yield* readAll(session, keyOpenings))) {
    if (tool === undefined || !(yield* seesBrokenKey(session, tool))) return undefined;
    yield* reader.accept(["<tool_call>"]);
  }
  return (yield* reader.while(/[^<]/y, 256)).trim();
}

/** Reads some tags, however often they stand here. */
function* readAll({ reader }: CallSession, some: readonly string[]): Reading<boolean> {
  let any = false;
  while ((yield* reader.accept(some)) !== undefined) any = true;
  return any;
}

/** Whether a declared key comes behind `opening` and in front of `closing`. Reads nothing. */
function* seesKey(
  { reader }: CallSession,
  tool: DeclaredTool,
  opening: string,
  closing: string,
): Reading<boolean> {
  if (opening !== "" && !(yield* reader.sees([opening]))) return false;
  for (let length = opening.length + 1; ; length += 1) {
    const text = yield* reader.peek(length);
    const [, written = "", rest = ""] = /^\s*([^<>=\s]*)(\s*[\s\S]*)$/.exec(text.slice(opening.length)) ?? [];
    if (!tool.keys.some((key) => loosen(key).startsWith(loosen(written)))) return false;
    const behind = rest.trimStart();
    if (behind.startsWith(closing)) return tool.takes(written);
    if (text.length < length || !closing.startsWith(behind) || length > longestKey) return false;
  }
}

// Keys are short; what is looked at without being read must be, too.
const longestKey = 200;

/** Reads `key="value"` pairs up to the end of the call. */
function* readAttributes(session: CallSession, name: string): Reading<boolean> {
  const { reader } = session;
  const call = session.begin(name);
  const end = yield* readKeywords(reader, call, ["<", ">", "/"]);
  if (end !== "complete") {
    if (end === "cut") call.cut();
    else call.fail();
    return true;
  }
  yield* reader.accept(["/>", ">"]);
  yield* reader.space();
  yield* reader.accept(blockClosings);
  call.end();
  return true;
}
