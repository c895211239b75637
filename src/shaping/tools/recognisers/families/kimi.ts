import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../../call-session.ts";
import { createStops, type Reading } from "../../text-reader.ts";
import { attribute, nameSign, seesObject } from "../markup.ts";
import { readRawParameter, type ValueEnd } from "../raw-parameter.ts";
import type { Family } from "./family.ts";

const closers = createStops(["functions."]);

/** Reads `NAME:0{…}` behind `functions.`: the number and the bracket tell it from prose about the function. */
const readStrippedCall: Recogniser = function* (session) {
  const { reader, directory } = session;
  const name = yield* reader.while(nameSign, 128);
  yield* reader.space();
  if (!/:\d+$/.test(name) || directory.find(name) === undefined || !(yield* seesObject(session)))
    return false;
  const call = session.begin(name);
  concludeCall(session, call, yield* readSettledArguments(session, call, closers));
  return true;
};

/** Kimi K2 where a back end has taken out the tokens: `functions.NAME:0{…}`. */
export const strippedKimi: Family = { openings: ["functions."], recognise: readStrippedCall };

const close = "<|close|>";
const headerLimit = 300;
const thoughtEnd = createStops(["<|close|>think<|sep|>"]);
const argumentEnds: readonly ValueEnd[] = [
  { marks: ["<|close|>argument<|sep|>"], before: ["<|open|>argument", "<|close|>", "<|open|>call"] },
];

/**
 * Reads what `<|open|>` opens: thinking and calls are taken out, what is around the answer and the calls is only markup.
 */
const readOpening: Recogniser = function* (session) {
  const { reader, outlet } = session;
  const header = yield* readHeader(session);
  const [, kind, attributes = ""] = /^(\w+)((?:\s[\s\S]*)?)$/.exec(header ?? "") ?? [];
  const { sections, atStart } = session;
  if (kind === "think" && (sections || atStart)) {
    reader.forget();
    yield* reader.until(thoughtEnd, (text) => outlet.reasoning(text));
    yield* reader.accept(["<|close|>think<|sep|>"]);
    session.sections = true;
    return true;
  }
  if (kind === "tools") {
    yield* reader.space();
    return (yield* reader.sees(["<|open|>call"])) ? "nested" : false;
  }
  if (["response", "message"].includes(kind ?? "") && (sections || atStart)) {
    session.sections = true;
    outlet.layout(reader.recorded());
    return true;
  }
  const name = kind === "call" ? (attribute(attributes, "tool") ?? attribute(attributes, "name")) : undefined;
  return name === undefined ? false : yield* readArguments(session, name);
};

/** Reads up to `<|sep|>`, which goes with it. */
function* readHeader({ reader }: CallSession): Reading<string | undefined> {
  const header = yield* reader.while(/[^<\n]/y, headerLimit);
  return (yield* reader.accept(["<|sep|>"])) === undefined ? undefined : header.trim();
}

function* readArguments(session: CallSession, name: string): Reading<boolean> {
  const { reader } = session;
  session.sections = true;
  const call = session.begin(name);
  for (;;) {
    yield* reader.space();
    if ((yield* reader.accept(["<|open|>argument"])) === undefined) break;
    const header = yield* readHeader(session);
    const key = attribute(header ?? "", "key") ?? attribute(header ?? "", "name");
    if (header === undefined || key === undefined) {
      if (reader.ended && reader.at === reader.text.length) call.cut();
      else call.fail();
      return true;
    }
    const type = attribute(header, "type");
    const ended = yield* readRawParameter(reader, call, key, {
      form: type === "string" ? "string" : type === undefined ? "text" : "json",
      newlines: "kept",
      ends: argumentEnds,
      implicit: undefined,
    });
    if (!ended) {
      call.cut();
      return true;
    }
  }
  const closed = yield* reader.accept(["<|close|>call<|sep|>"]);
  concludeCall(session, call, closed === undefined ? "open" : "complete");
  return true;
}

/** Reads over what closes a part, once the answer has shown to be written so. */
const readClose: Recogniser = function* (session) {
  if (!session.sections || (yield* readHeader(session)) === undefined) return false;
  session.outlet.layout(session.reader.recorded());
  return true;
};

/** Kimi K3: parts of an answer between `<|open|>NAME<|sep|>` and `<|close|>NAME<|sep|>`. */
export const kimiK3: Family = { openings: ["<|open|>"], recognise: readOpening };
/** What closes them. */
export const kimiK3Close: Family = { openings: [close], recognise: readClose };
