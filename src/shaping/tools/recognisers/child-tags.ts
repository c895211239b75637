import type { CallSession } from "../call-session.ts";
import type { CallWriter } from "../call-writer.ts";
import type { DeclaredTool } from "../tool-directory.ts";
import type { Reading, TextReader } from "../text-reader.ts";
import { readSpace } from "./markup.ts";
import { readRawParameter } from "./raw-parameter.ts";

// Tags are short; what is looked at without being read must be, too.
const longestTag = 96;

/** The name of the tag that opens here, if it is a key that the tool declares. Reads nothing. */
export function* seesChild(reader: TextReader, tool: DeclaredTool): Reading<string | undefined> {
  for (let length = 2; length <= longestTag; length += 1) {
    const text = yield* reader.peek(length);
    const name = /^<([\p{L}\p{N}_.-]+)>/u.exec(text)?.[1];
    if (name !== undefined) return tool.takes(name) ? name : undefined;
    if (text.length < length || !/^<[\p{L}\p{N}_.-]*$/u.test(text)) return undefined;
  }
  return undefined;
}

/**
 * Reads arguments as tags that are named by the keys (`<path>a.txt</path>`), up to what is none. `outer`: what may follow
 * the last of them. False: the text ended inside a value.
 */
export function* readChildren(
  session: CallSession,
  call: CallWriter,
  tool: DeclaredTool,
  outer: readonly string[],
): Reading<boolean> {
  const { reader } = session;
  const before = [...outer, ...tool.keys.map((key) => `<${key}>`)];
  for (;;) {
    yield* readSpace(session);
    const key = yield* seesChild(reader, tool);
    if (key === undefined) return true;
    reader.take(key.length + 2);
    const ended = yield* readRawParameter(reader, call, key, {
      form: "text",
      newlines: "paired",
      ends: [{ marks: [`</${key}>`], before }],
      implicit: undefined,
    });
    if (!ended) return false;
  }
}
