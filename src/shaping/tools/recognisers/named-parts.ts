import { turnEndsAfterCall } from "../../turn-tokens.ts";
import { concludeCall, readSettledArguments, type CallSession, type Recogniser } from "../call-session.ts";
import { createStops, type Reading } from "../text-reader.ts";
import { readChildren, seesChild } from "./child-tags.ts";
import {
  argumentClosings,
  argumentOpenings,
  blockClosings,
  readClosing,
  readFence,
  readSpace,
  seesObject,
} from "./markup.ts";

const nameOpenings = ["<name>", "<tool_name>", "<function_name>", "<tool>"] as const;
/** What opens the first part of a call whose parts have tags of their own. */
export const partOpenings = [...nameOpenings, "<server_name>"] as const;
const nameClosings = nameOpenings.map((opening) => opening.replace("<", "</"));
const argumentLayout = ["```", ...argumentClosings];
const closers = createStops(["</"]);

/**
 * Reads a call as prompts of clients have it (Cherry Studio and others): `<name>bash</name><arguments>{…}</arguments>`
 * in a block; the arguments are JSON, or tags named by the keys. Only a declared name makes it one.
 */
export function* readNamedParts(session: CallSession): Reading<boolean> {
  const { reader, directory } = session;
  // Cline names the server of the tool, too.
  if ((yield* reader.accept(["<server_name>"])) !== undefined) {
    yield* reader.while(/[^<\n]/y, 200);
    yield* reader.accept(["</server_name>"]);
    yield* readSpace(session);
  }
  if ((yield* reader.accept(nameOpenings)) === undefined) return false;
  const name = (yield* reader.while(/[^<\n]/y, 200)).trim();
  const tool = directory.find(name);
  if (tool === undefined || (yield* reader.accept(nameClosings)) === undefined) return false;
  yield* readSpace(session);
  if ((yield* reader.accept(argumentOpenings)) === undefined) {
    if (!(yield* reader.sees(blockClosings))) return false;
    const call = session.begin(name);
    yield* reader.accept(blockClosings);
    call.end();
    return true;
  }
  const call = session.begin(name);
  yield* readSpace(session);
  yield* readFence(session);
  if (yield* reader.sees(argumentClosings)) {
    yield* readEnd(session);
    call.end();
  } else if ((yield* seesChild(reader, tool)) === undefined) {
    const end = yield* readSettledArguments(session, call, closers);
    yield* readEnd(session);
    concludeCall(session, call, end);
  } else if (yield* readChildren(session, call, tool, [...argumentClosings, ...blockClosings])) {
    yield* readEnd(session);
    concludeCall(session, call, "open");
  } else call.cut();
  return true;
}

function* readEnd({ reader }: CallSession): Reading<void> {
  for (;;) {
    yield* reader.space();
    if ((yield* reader.accept(blockClosings)) !== undefined) return;
    if ((yield* reader.accept(argumentLayout)) === undefined) return;
  }
}

/** Closings of tags that are named by a tool, and what may follow them. */
const afterToolTag = [...blockClosings, ...turnEndsAfterCall];

/**
 * Reads a call whose tag is the tool's name, `<bash><command>ls</command></bash>`, as prompts of some agents teach it:
 * a declared key must open inside, or it is other markup.
 */
export function readToolTag(name: string): Recogniser {
  return function* (session) {
    const { reader, directory } = session;
    const tool = directory.find(name);
    if (tool === undefined) return false;
    yield* readSpace(session);
    if ((yield* reader.sees(["{"])) && (yield* seesObject(session))) {
      const call = session.begin(name);
      const end = yield* readSettledArguments(session, call, closers);
      yield* readClosing(session, [`</${name}>`]);
      concludeCall(session, call, end);
      return true;
    }
    if ((yield* seesChild(reader, tool)) === undefined) return false;
    const call = session.begin(name);
    if (!(yield* readChildren(session, call, tool, [`</${name}>`, ...afterToolTag]))) {
      call.cut();
      return true;
    }
    const closed = yield* reader.accept([`</${name}>`]);
    do yield* reader.space();
    while ((yield* reader.accept([`</${name}>`])) !== undefined);
    concludeCall(session, call, closed === undefined ? "open" : "complete");
    return true;
  };
}
