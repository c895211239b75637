import type { JsonSchema } from "../../model/request.ts";
import { jsonLimits } from "../parse-bounded.ts";
import { readLeniently } from "../parse-leniently.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { absent, coerceToSchema } from "../schema/coerce-to-schema.ts";
import { gatherText, type GatheredText } from "../tools/gather-text.ts";
import { membersOf, type Members } from "./members.ts";

/** Takes an object or a list as it is read, member by member, and writes it as JSON in the form that its schema wants. */
export interface MemberWriter {
  readonly members: Members;
  /** The blanks before the member, or the end, that comes next, and those before its value: the layout is the model's. */
  blanks(before: string, between: string): void;
  beginString(key: string): void;
  /** A piece of the string, escaped validly. */
  piece(escaped: string): void;
  endString(): void;
  /** A complete value as JSON text, which may be broken. False: it can't be read at all. */
  json(key: string, raw: string): boolean;
  /** The writer of a member that begins with this bracket; `undefined` if the member has to be whole. */
  enter(key: string, bracket: "{" | "["): MemberWriter | undefined;
  /** Adds what is missing, and closes. */
  end(): void;
}

/** Where the JSON goes, and who decides when it may. */
export interface MemberPort {
  /** Whether what is put goes out at once. What follows is only told before. */
  readonly opened: boolean;
  put(text: string): void;
  /** A string that may pass as it is has so much of its text by now. */
  offer(text: GatheredText): void;
  /** A member is whole. */
  wrote(members: Members, key: string, value: unknown): void;
  /** A key comes that the schema does not know, or an object where text belongs. */
  stray(): void;
  /** A member with members is whole, or lacks some. */
  closed(isWhole: boolean): void;
}

/** What all writers of one value share. */
export interface MemberWork {
  readonly root: JsonSchema;
  readonly budget: CheckBudget;
  readonly port: MemberPort;
}

/** Members of deeper values are not given out one by one: each piece of text would be handed down all levels. */
const deepest = 12;

/** As numbers of JavaScript, so many digits would not survive. */
const longNumber = /\d{16}/;

/** Creates the writer of an object or list. A property that comes again is left out: the first may be given out already. */
export function createMemberWriter(members: Members, work: MemberWork, depth = 0): MemberWriter {
  const { root, budget, port } = work;
  const isList = members.brackets === "[]";
  const written = new Set<string>();
  let isEmpty = true;
  let blanks = { before: "", between: "" };
  let current: { key: string; passes: boolean; pieces: GatheredText } | undefined;

  const isTaken = (key: string): boolean => written.has(key) || members.forbids(key);

  function keyFor(spelled: string): string {
    const key = members.keyFor(spelled);
    if (!port.opened && members.isStranger(key)) port.stray();
    return key;
  }

  /** Begins a member; false if it is not to be written. */
  function begin(key: string): boolean {
    if (isTaken(key)) return false;
    const before = isEmpty ? members.brackets.charAt(0) : ",";
    isEmpty = false;
    if (isList) port.put(before + blanks.before);
    else {
      port.put(`${before}${blanks.before}${JSON.stringify(key)}:${blanks.between}`);
      written.add(key);
    }
    return true;
  }

  /** `raw`: how the value was written, where that is JSON. */
  function putValue(key: string, value: unknown, length: number, raw?: string): void {
    if (isTaken(key)) return;
    const schema = members.schemaFor(key);
    const change = budget.change(length, () => coerceToSchema(value, schema, root));
    let coerced = change === undefined ? value : change.done;
    // JSON where text is wanted: the text is what the model wrote, digits included.
    if (raw !== undefined && typeof coerced === "string" && typeof value !== "string") coerced = raw;
    if (coerced === absent) {
      if (!members.requires(key)) return;
      coerced = value;
    }
    // A schema that is echoed looks like that.
    if (!port.opened && typeof value === "object" && typeof coerced === "string") port.stray();
    if (!begin(key)) return;
    const keeps =
      raw !== undefined && coerced === value && (typeof value === "number" || longNumber.test(raw));
    port.put(keeps ? raw : budget.convert(length, () => JSON.stringify(coerced)));
    if (!port.opened) port.wrote(members, key, coerced);
  }

  return {
    members,
    blanks(before, between) {
      blanks = { before, between };
    },
    beginString(spelled) {
      const key = keyFor(spelled);
      const passes = members.passesStrings(key) && begin(key);
      current = { key, passes, pieces: gatherText() };
      if (passes) port.put('"');
    },
    piece(escaped) {
      if (current === undefined || escaped === "") return;
      if (!current.passes || !port.opened) current.pieces.add(escaped);
      if (!current.passes) return;
      port.put(escaped);
      if (!port.opened) port.offer(current.pieces);
    },
    endString() {
      if (current === undefined) return;
      const { key, passes, pieces } = current;
      current = undefined;
      if (passes) port.put('"');
      if (passes && port.opened) return;
      const text = pieces.text();
      if (text.length > jsonLimits.text) {
        // Too long to be looked into.
        if (!passes && begin(key)) port.put(`"${text}"`);
        return;
      }
      const value: unknown = budget.convert(text.length, () => JSON.parse(`"${text}"`) as unknown);
      if (passes) port.wrote(members, key, value);
      else putValue(key, value, text.length);
    },
    json(spelled, raw) {
      const read = readLeniently(raw, budget);
      if (read === undefined) return false;
      putValue(keyFor(spelled), read.value, raw.length, read.isJson ? raw.trim() : undefined);
      return true;
    },
    enter(spelled, bracket) {
      const key = members.keyFor(spelled);
      if (depth >= deepest || isTaken(key) || members.isStranger(key)) return undefined;
      const inner = membersOf(members.schemaFor(key), root, bracket);
      if (inner === undefined) return undefined;
      begin(key);
      return createMemberWriter(inner, work, depth + 1);
    },
    end() {
      const { before } = blanks;
      blanks = { before: "", between: "" };
      for (const key of members.nullable) if (begin(key)) port.put("null");
      port.put(`${isEmpty ? members.brackets.charAt(0) : ""}${before}${members.brackets.charAt(1)}`);
      if (!port.opened && depth > 0) port.closed(members.required.every((key) => written.has(key)));
    },
  };
}
