import type { Mutable } from "../../model/mutable.ts";
import {
  createMemberWriter,
  type MemberPort,
  type MemberWriter,
  type StringWriter,
} from "../json/member-writer.ts";
import { jsonLimits } from "../parse-bounded.ts";
import { isRecord } from "../schema/resolve-schema.ts";
import { gatherFragments } from "./gather-text.ts";
import { createRawTextWriter } from "./raw-text.ts";
import type { DeclaredTool } from "./tool-directory.ts";

/**
 * Takes the arguments of one call as a recogniser reads them, property by property, and gives them out as JSON.
 * In `stream` mode the call is opened by its first string that may pass as it is; until then, and in `whole` mode
 * to the end, nothing is given out and the call can still be refused.
 */
export interface CallWriter extends StringWriter, Pick<MemberWriter, "json" | "end"> {
  /** Whether a part of the call was given out. */
  readonly opened: boolean;
  /** Begins a value whose pieces are raw text, and not those of a JSON string; `endString` ends it, too. */
  beginText(key: string): void;
  /** Takes back everything, if nothing was given out yet. */
  restart(): void;
  /** The key at a position, for arguments without keys. */
  keyAt(position: number): string | undefined;
  /** The call can't be read. */
  fail(): void;
  /** The answer ended inside the call. */
  cut(): void;
}

/** What a call writer does with its call. */
export interface CallPort {
  /** Begins to give the call out. */
  open(): void;
  write(text: string): void;
  /** Ends a call that was opened. `complete`: its JSON is whole. */
  close(complete: boolean): void;
  /** Whether a whole call, of which nothing was given out, is only the repeat of another one. Then it is done with. */
  repeats(argumentsJson: string): boolean;
  /** The call is not given out. `argumentsJson` is set if its arguments are a JSON object. */
  refuse(
    fault: "schema" | "unreadable" | "cut",
    faults: readonly string[],
    argumentsJson: string | undefined,
  ): void;
}

/** How a call is given out. */
export interface WriterOptions {
  /** Strings pass as they come. */
  readonly streams: boolean;
  /** Of a call that is cut, what would have been streamed is given. */
  keepsCut(this: void): boolean;
}

/** Creates the writer of one call of a declared tool. */
export function createCallWriter(
  tool: DeclaredTool,
  port: CallPort,
  { streams, keepsCut }: WriterOptions,
): CallWriter {
  const { budget, members } = tool;
  const root = tool.definition.parameters;
  let fragments = gatherFragments();
  /** What the fragments say, for the check; kept apart because parsing all of it again would take as long as the first time. */
  let values = new Map<string, unknown>();
  let dropped = new Map<string, unknown>();
  /** Whether the arguments are too much to be checked. */
  let tooLarge = false;
  /** Whether a string passed, or would have. */
  let hasPassed = false;

  const out: Mutable<MemberPort> = {
    opened: false,
    put(text) {
      if (out.opened) port.write(text);
      else fragments.add(text);
    },
    grow(key, text) {
      fragments.grow(text);
      if (members.isStranger(key)) return;
      hasPassed = true;
      // Of a tool that names no argument it may be the beginning of its schema.
      if (streams && (key !== "type" || tool.keys.length > 0)) open();
    },
    wrote(_members, key, value) {
      if (value === undefined) tooLarge = true;
      else values.set(key, value);
    },
    dropped: (key, value) => void dropped.set(key, value),
  };
  let writer = createMemberWriter(members, { root, budget, port: out });
  let rawTexts = createRawTextWriter(writer, root);
  /** What takes the pieces of the string that is being read. */
  let strings: StringWriter = writer;

  function open(): void {
    if (out.opened) return;
    port.open();
    out.opened = true;
    port.write(fragments.text());
    fragments = gatherFragments();
  }

  function begin(to: StringWriter, key: string): void {
    strings = to;
    strings.beginString(key);
  }

  function restart(): void {
    fragments = gatherFragments();
    values = new Map();
    dropped = new Map();
    tooLarge = false;
    hasPassed = false;
    writer = createMemberWriter(members, { root, budget, port: out });
    rawTexts = createRawTextWriter(writer, root);
    strings = writer;
  }

  /** Whether a tool that takes nothing got its own schema. */
  function isBareEcho(): boolean {
    const echoed = values.get("properties") ?? dropped.get("properties");
    return tool.keys.length === 0 && isRecord(echoed) && Object.keys(echoed).length === 0;
  }

  /** The schema's own form with values in its `properties`: those are the arguments. */
  function readEcho(): boolean {
    const echoed = values.get("properties") ?? dropped.get("properties");
    const type = values.get("type") ?? dropped.get("type");
    if (type !== "object" || tool.keys.includes("properties") || !isRecord(echoed)) return false;
    restart();
    return writeParsed(call, echoed);
  }

  function findFaults(): readonly string[] {
    if (tooLarge || values.size > jsonLimits.values) return [];
    return tool.validate(budget.convert(values.size, () => Object.fromEntries(values)));
  }

  const call: CallWriter = {
    get opened() {
      return out.opened;
    },
    beginString: (key) => begin(writer, key),
    beginText: (key) => begin(rawTexts, key),
    piece: (text) => strings.piece(text),
    endString: () => strings.endString(),
    json: (key, raw) => writer.json(key, raw),
    restart,
    keyAt: (position) => tool.keys[position],
    end() {
      writer.end();
      if (!out.opened && isBareEcho() && readEcho()) {
        call.end();
        return;
      }
      if (!out.opened && port.repeats(fragments.text())) return;
      const faults = out.opened ? [] : findFaults();
      if (faults.length === 0) {
        open();
        port.close(true);
      } else if (readEcho()) call.end();
      else port.refuse("schema", faults, fragments.text());
    },
    fail() {
      if (out.opened) port.close(false);
      else port.refuse("unreadable", [], undefined);
    },
    cut() {
      if (hasPassed && keepsCut()) open();
      if (out.opened) port.close(false);
      else port.refuse("cut", [], undefined);
    },
  };
  return call;
}

/** A writer for a call that is not wanted: reads along and gives nothing out. */
export function createIdleCallWriter(done: () => void): CallWriter {
  return {
    opened: false,
    beginString() {},
    beginText() {},
    piece() {},
    endString() {},
    json: () => true,
    restart() {},
    keyAt: (position) => `argument${position}`,
    end: done,
    fail: done,
    cut: done,
  };
}

/** Gives each property of an object that was parsed as a whole to a writer. False if it is no object. */
export function writeParsed(call: CallWriter, value: unknown): boolean {
  if (!isRecord(value)) return false;
  for (const [key, one] of Object.entries(value)) {
    if (typeof one === "string") {
      call.beginString(key);
      call.piece(JSON.stringify(one).slice(1, -1));
      call.endString();
    } else {
      call.json(key, JSON.stringify(one));
    }
  }
  return true;
}
