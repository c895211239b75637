import { concludeCall, readSettledArguments, type CallSession } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { blockClosings, readClosing } from "./markup.ts";
import { readRawParameter } from "./raw-parameter.ts";

const closers = createStops(["</tool_call"]);
const afterValue = ["<arg_key>", ...blockClosings, "<tool_call>"] as const;

/**
 * Reads a call of GLM 4.5 and later: after `<tool_call>` the bare name, then pairs of `<arg_key>` and `<arg_value>`
 * (some write JSON instead). A word that neither a pair nor the closing tag follows is prose.
 */
export function* readGlmCall(session: CallSession): Reading<boolean> {
  const { reader } = session;
  const name = yield* reader.while(/[\w.:/-]/y, 128);
  if (name === "") return false;
  yield* reader.space();
  if (yield* reader.sees(["{"])) {
    if (session.directory.find(name) === undefined) return false;
    const call = session.begin(name);
    const end = yield* readSettledArguments(session, call, closers);
    yield* readClosing(session, blockClosings);
    concludeCall(session, call, end);
    return true;
  }
  if (!(yield* reader.sees(["<arg_key>"]))) {
    // Without arguments only the name tells a call from prose about the tags.
    const isCall = session.directory.find(name) !== undefined && (yield* reader.sees(blockClosings));
    if (!isCall) return false;
  }
  const call = session.begin(name);
  for (;;) {
    yield* reader.space();
    if ((yield* reader.accept(["<arg_key>"])) === undefined) break;
    const key = (yield* reader.while(/[^<]/y, 256)).trim();
    yield* reader.accept(["</arg_key>"]);
    yield* reader.space();
    const opened = yield* reader.accept(["<arg_value>"]);
    if (opened === undefined) {
      if (reader.ended && reader.at === reader.text.length) call.cut();
      else call.fail();
      return true;
    }
    const ended = yield* readRawParameter(reader, call, key, {
      form: "text",
      newlines: "kept",
      ends: [{ marks: ["</arg_value>"], before: afterValue }],
      implicit: undefined,
    });
    if (!ended) {
      call.cut();
      return true;
    }
  }
  const closed = yield* reader.accept(blockClosings);
  concludeCall(session, call, closed === undefined ? "open" : "complete");
  return true;
}
