import type { CallSession, Recogniser } from "../call-session.ts";
import type { Reading } from "../text-reader.ts";
import { readCallObject } from "./json-call.ts";
import { readPythonCalls, readPythonLines } from "./python-calls.ts";

/**
 * Reads calls that nothing marks, as Llama writes them at the start of an answer: JSON objects (3.x), parted by `;` or
 * line breaks, also in a list, or a list of calls in Python (4). Any doubt makes it text.
 */
export const readBareCalls: Recogniser = (session) => readCalls(session, true);

function* readCalls(session: CallSession, bare: boolean): Reading<boolean> {
  const { reader } = session;
  const inList = (yield* reader.accept(["["])) !== undefined;
  if (inList) yield* reader.space();
  if (!(yield* reader.sees(["{"]))) return inList ? yield* readPythonCalls(session) : false;
  if ((yield* readCallObject(session, { bare, finish })) === "text") return false;
  // More of them, or the end of the list. Text that comes instead is text.
  for (;;) {
    const space = yield* reader.space();
    const separator = yield* reader.accept(inList ? [";", ",", "]"] : [";"]);
    session.outlet.layout(space + (separator ?? ""));
    if (separator === "]") return true;
    if (separator !== undefined) continue;
    reader.record();
    if (!(yield* reader.sees(["{"]))) return true;
    if ((yield* readCallObject(session, { bare, finish })) === "text") return false;
  }
}

// eslint-disable-next-line require-yield -- nothing closes a bare call; the signature is that of those that are closed
function* finish(): Reading<void> {}

/**
 * Reads calls after `<|python_tag|>` or `<|python_start|>`, also those of Llama 3's built-in tools (`NAME.call(…)`); code
 * for an interpreter is text.
 */
export const readTaggedBareCalls: Recogniser = function* (session: CallSession) {
  const { reader, directory } = session;
  yield* reader.space();
  if (yield* reader.sees(["{", "["])) return yield* readCalls(session, false);
  const name = (yield* reader.while(/[\w.-]/y, 128)).replace(/\.call$/, "");
  if (directory.find(name) === undefined || !(yield* reader.sees(["("]))) return false;
  return yield* readPythonLines(session, name);
};
