import type { CallSession } from "../call-session.ts";
import { argumentKeys, listKeys, nameKeys, sideKeys, wrapKeys } from "../call-shape.ts";
import { writeParsed } from "../call-writer.ts";
import { readRawValue } from "../json-value.ts";
import { parseLeniently } from "../../parse-leniently.ts";
import { isRecord } from "../../schema/resolve-schema.ts";
import type { Reading } from "../text-reader.ts";

/**
 * Reads an object that is not in the usual order or not quite JSON: as a whole, from its beginning at `start` of the record.
 * `depth`: brackets of it that are open. `finish` reads the closing markup of the call.
 */
export function* readWholeCalls(
  session: CallSession,
  state: { readonly start: number; readonly depth: number; readonly finish: () => Reading<void> },
): Reading<"done"> {
  const { reader, directory } = session;
  const { end } = yield* readRawValue(reader, state.depth);
  const text = reader.recorded(state.start);
  if (end === "cut" || (end === "open" && reader.ended && !session.endedByModel)) {
    session.refuse("cut");
    return "done";
  }
  yield* state.finish();
  const calls = callsIn(parseLeniently(text, directory.budget), session);
  if (calls.length === 0) session.refuse("unreadable");
  for (const { name, input } of calls) {
    const call = session.begin(name);
    const value = typeof input === "string" ? parseLeniently(input, directory.budget) : (input ?? {});
    if (writeParsed(call, value)) call.end();
    else call.fail();
  }
  return "done";
}

function callsIn(value: unknown, session: CallSession): { name: string; input: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((one) => callsIn(one, session));
  if (!isRecord(value)) return [];
  for (const key of listKeys) if (Array.isArray(value[key])) return callsIn(value[key], session);
  for (const key of wrapKeys) if (isRecord(value[key])) return callsIn(value[key], session);
  const valueOf = (keys: ReadonlySet<string>): unknown =>
    [...keys].map((key) => value[key]).find((one) => one !== undefined);
  const name = valueOf(nameKeys);
  if (typeof name === "string")
    return [{ name, input: valueOf(argumentKeys) ?? flatArguments(value, name, session) }];
  // {"tool": {…}}: the name itself as the only key.
  const [only, ...others] = Object.keys(value);
  return only !== undefined && others.length === 0 && session.directory.find(only) !== undefined
    ? [{ name: only, input: value[only] }]
    : [];
}

/** The arguments of `{"name": "bash", "command": "ls"}`: all other keys, if the tool has them. */
function flatArguments(
  value: Readonly<Record<string, unknown>>,
  name: string,
  { directory }: CallSession,
): unknown {
  const tool = directory.find(name);
  const keys = Object.keys(value).filter((key) => value[key] !== name && !sideKeys.has(key));
  return keys.every((key) => tool?.takes(key) === true)
    ? Object.fromEntries(keys.map((key) => [key, value[key]]))
    : undefined;
}
