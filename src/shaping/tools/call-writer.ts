import { jsonLimits } from "../parse-bounded.ts";
import { readLeniently } from "../parse-leniently.ts";
import type { Mutable } from "../../model/mutable.ts";
import { absent, coerceToSchema, rulesOf } from "../schema/coerce-to-schema.ts";
import { isRecord, typesOf } from "../schema/resolve-schema.ts";
import { gatherText, type GatheredText } from "./gather-text.ts";
import { mayBeOther, opensJson, readText } from "./raw-text.ts";
import type { DeclaredTool } from "./tool-directory.ts";

/** As numbers of JavaScript, so many digits would not survive. */
const longNumber = /\d{16}/;

/** Where the text of a string comes from: inside a JSON string (still escaped, validly) or raw. */
export type StringSource = "json" | "text";

/**
 * Takes the arguments of one call as a recogniser reads them, property by property, and gives them out as JSON.
 * In `stream` mode the call is opened by its first string that may pass as it is; until then, and in `whole` mode
 * to the end, nothing is given out and the call can still be refused.
 */
export interface CallWriter {
  /** Whether a part of the call was given out. */
  readonly opened: boolean;
  beginString(key: string, source: StringSource): void;
  piece(text: string): void;
  endString(): void;
  /** A complete value as JSON text, which may be broken. False: it can't be read at all. */
  json(key: string, raw: string): boolean;
  /** Takes back everything, if nothing was given out yet. */
  restart(): void;
  /** The key at a position, for arguments without keys. */
  keyAt(position: number): string | undefined;
  /** The call is complete. */
  end(): void;
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
  /** The call is not given out. `argumentsJson` is set if its arguments are a JSON object. */
  refuse(
    fault: "schema" | "unreadable" | "cut",
    faults: readonly string[],
    argumentsJson: string | undefined,
  ): void;
}

/** A string that is being read. */
interface OpenString {
  readonly key: string;
  readonly source: StringSource;
  /** Whether its text passes as it comes. */
  passes: boolean;
  /** Raw text may stand for something else than text, and its beginning doesn't tell yet. */
  undecided: boolean;
  /** What raw text may stand for. */
  readonly types: ReadonlySet<string>;
  pieces: GatheredText;
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
  const { budget } = tool;
  const schema = tool.definition.parameters;
  const rules = rulesOf(schema, schema);
  const schemaFor = (key: string): unknown => tool.schemaFor(key) ?? tool.others;
  const declaresKeys = tool.keyAt(0) !== undefined;
  let fragments: string[] = [];
  let written = new Set<string>();
  /** What the fragments say, for the check; kept apart because parsing all of it again would take as long as the first time. */
  let values = new Map<string, unknown>();
  /** Keys that the schema forbids, with their values: left out. */
  let forbidden = new Map<string, unknown>();
  /** Whether the arguments are too much to be checked. */
  let tooLarge = false;
  let current: OpenString | undefined;
  /** Whether a string passed, or would have. */
  let hasPassed = false;

  function put(text: string): void {
    if (writer.opened) port.write(text);
    else fragments.push(text);
  }

  function open(): void {
    if (writer.opened) return;
    port.open();
    writer.opened = true;
    for (const fragment of fragments) port.write(fragment);
    fragments = [];
  }

  /** Begins a property; false if it was written before: the first one counts, since it may be given out already. */
  function beginProperty(key: string): boolean {
    if (written.has(key)) return false;
    put(`${written.size === 0 ? "{" : ","}${JSON.stringify(key)}:`);
    written.add(key);
    return true;
  }

  /** `raw`: how the value was written; `isJson`: as JSON. */
  function putValue(key: string, value: unknown, raw?: string, isJson = false): void {
    if (written.has(key)) return;
    const property = schemaFor(key);
    if (rules.forbids(key)) {
      forbidden.set(key, value);
      return;
    }
    const length = raw?.length ?? (typeof value === "string" ? value.length : 0);
    const change = budget.change(length, () => coerceToSchema(value, property, schema));
    let coerced = change === undefined ? value : change.done;
    // JSON where text is wanted (the content of a file, say): the text is what the model wrote, layout and digits included.
    if (raw !== undefined && typeof coerced === "string" && typeof value !== "string") coerced = raw;
    if (coerced === absent) {
      if (!tool.requires(key)) return;
      coerced = value;
    }
    const keeps =
      raw !== undefined && isJson && coerced === value && (typeof value === "number" || longNumber.test(raw));
    if (!beginProperty(key)) return;
    put(keeps ? raw.trim() : budget.convert(length, () => JSON.stringify(coerced)));
    if (!writer.opened) values.set(key, coerced);
  }

  /** The text of the open string passes as it comes. */
  function beginPassing(key: string): void {
    hasPassed = true;
    if (streams) open();
    beginProperty(key);
    put('"');
  }

  /** Decides, once enough is there, whether raw text that may stand for more than text does. */
  function decide(open: OpenString): void {
    const text = open.pieces.text();
    if (mayBeOther(text, open.types)) return;
    open.undecided = false;
    if (opensJson(text, open.types)) return;
    open.passes = true;
    open.pieces = gatherText();
    beginPassing(open.key);
    writer.piece(text);
  }

  /** The schema's own form with values in its `properties`: those are the arguments. */
  function readEcho(): boolean {
    const echoed = values.get("properties") ?? forbidden.get("properties");
    const type = values.get("type") ?? forbidden.get("type");
    if (type !== "object" || tool.schemaFor("properties") !== undefined || !isRecord(echoed)) return false;
    writer.restart();
    return writeParsed(writer, echoed);
  }

  function findFaults(): readonly string[] {
    if (tooLarge || values.size > jsonLimits.values) return [];
    return tool.validate(budget.convert(values.size, () => Object.fromEntries(values)));
  }

  const writer: Mutable<CallWriter> = {
    opened: false,
    beginString(spelled, source) {
      const key = tool.keyFor(spelled);
      const isKnown = writer.opened || !declaresKeys || tool.schemaFor(key) !== undefined;
      const mayPass = isKnown && tool.passesStrings(key, source === "json") && !written.has(key);
      const isAllowed = !rules.forbids(key);
      const types = source === "text" ? typesOf(schemaFor(key), schema) : new Set<string>();
      const undecided =
        mayPass && isAllowed && (types.has("null") || types.has("object") || types.has("array"));
      const passes = mayPass && isAllowed && !undecided;
      current = { key, source, passes, undecided, types, pieces: gatherText() };
      if (passes) beginPassing(key);
    },
    piece(text) {
      if (current === undefined || text === "") return;
      if (!current.passes) {
        current.pieces.add(text);
        if (current.undecided) decide(current);
        return;
      }
      const json = current.source === "json" ? text : JSON.stringify(text).slice(1, -1);
      if (writer.opened) port.write(json);
      else current.pieces.add(json);
    },
    endString() {
      if (current === undefined) return;
      const { key, source, passes, pieces } = current;
      current = undefined;
      if (passes && writer.opened) {
        put('"');
        return;
      }
      const text = pieces.text();
      const isJson = passes || source === "json";
      if (text.length > jsonLimits.text) {
        // Too long to be looked into: it stays as it is.
        tooLarge = true;
        if (passes) put(`${text}"`);
        else if (beginProperty(key)) put(isJson ? `"${text}"` : JSON.stringify(text));
        return;
      }
      const value: unknown = isJson
        ? budget.convert(text.length, () => JSON.parse(`"${text}"`) as unknown)
        : readText(text, typesOf(schemaFor(key), schema));
      if (!passes) putValue(key, value);
      else {
        put(`${text}"`);
        values.set(key, value);
      }
    },
    json(spelled, raw) {
      const read = readLeniently(raw, budget);
      if (read === undefined) return false;
      putValue(tool.keyFor(spelled), read.value, raw, read.isJson);
      return true;
    },
    restart() {
      fragments = [];
      written = new Set();
      values = new Map();
      forbidden = new Map();
      tooLarge = false;
      hasPassed = false;
      current = undefined;
    },
    keyAt: (position) => tool.keyAt(position),
    end() {
      for (const key of rules.nullable) {
        if (!beginProperty(key)) continue;
        put("null");
        values.set(key, null);
      }
      put(written.size === 0 ? "{}" : "}");
      if (writer.opened) {
        port.close(true);
        return;
      }
      const json = fragments.join("");
      const faults = findFaults();
      if (faults.length > 0) {
        if (readEcho()) writer.end();
        else port.refuse("schema", faults, json);
        return;
      }
      port.open();
      port.write(json);
      port.close(true);
    },
    fail() {
      if (writer.opened) port.close(false);
      else port.refuse("unreadable", [], undefined);
    },
    cut() {
      if (!writer.opened && hasPassed && keepsCut()) {
        open();
        if (current?.passes === true) port.write(current.pieces.text());
      }
      if (writer.opened) port.close(false);
      else port.refuse("cut", [], undefined);
    },
  };
  return writer;
}

/** A writer for a call that is not wanted: reads along and gives nothing out. */
export function createIdleCallWriter(done: () => void): CallWriter {
  return {
    opened: false,
    beginString() {},
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
      call.beginString(key, "json");
      call.piece(JSON.stringify(one).slice(1, -1));
      call.endString();
    } else {
      call.json(key, JSON.stringify(one));
    }
  }
  return true;
}
