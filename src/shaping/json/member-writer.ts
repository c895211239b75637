import type { JsonSchema } from "../../model/request.ts";
import { jsonLimits } from "../parse-bounded.ts";
import { readLeniently } from "../parse-leniently.ts";
import type { CheckBudget } from "../schema/check-budget.ts";
import { absent, coerceToSchema } from "../schema/coerce-to-schema.ts";
import { gatherText, type GatheredText } from "../tools/gather-text.ts";
import { membersOf, type Members } from "./members.ts";

/** Takes a string as it is read. */
export interface StringWriter {
  beginString(key: string): void;
  piece(text: string): void;
  endString(): void;
}

/**
 * Takes an object or a list as it is read, member by member, and writes it as JSON in the form that its schema wants: a
 * value that is no plain text is held until it is whole and brought into its form, keys that are forbidden or come again
 * are left out (the first may be given out already), and missing ones that may be `null` are added. The pieces of its
 * strings are escaped, validly.
 */
export interface MemberWriter extends StringWriter {
  readonly members: Members;
  /**
   * The blanks before the member, or the end, that comes next, and those before its value, where the layout is to be the
   * model's. Default: none.
   */
  blanks(before: string, between: string): void;
  /** A whole value as JSON text, which may be broken. False: it can't be read at all. */
  json(key: string, raw: string): boolean;
  /** A whole value that was read from so many UTF-16 units. */
  value(key: string, value: unknown, length: number): void;
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
  /** As `put`, for a string that may pass as it is, at its beginning: its text grows where it was put. */
  grow(key: string, text: GatheredText): void;
  /** It has so much of its text by now. */
  grew?(text: GatheredText): void;
  /** A member is whole; without a value if it is too long to be looked into. */
  wrote(members: Members, key: string, value?: unknown): void;
  /** A member that is forbidden was left out. */
  dropped?(key: string, value: unknown): void;
  /** A key comes that the schema does not know, or an object where text belongs. */
  stray?(): void;
  /** A member with members is whole, or lacks some. */
  closed?(isWhole: boolean): void;
}

/** What all writers of one value share. */
export interface MemberWork {
  readonly root: JsonSchema;
  readonly budget: CheckBudget;
  readonly port: MemberPort;
}

/** How a whole value was written. */
interface Written {
  /** UTF-16 units. */
  readonly length: number;
  /** Its text; none if it was put together. */
  readonly raw?: string;
  /** Whether that is JSON as it stands. */
  readonly isJson?: boolean;
}

/** Members of deeper values are not given out one by one: each piece of text would be handed down all levels. */
const deepest = 12;

/** As numbers of JavaScript, so many digits would not survive. */
export const longNumber = /\d{16}/;

/** Creates the writer of an object or list. */
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
    if (!port.opened && members.isStranger(key)) port.stray?.();
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

  function putValue(spelled: string, value: unknown, { length, raw, isJson }: Written): void {
    const key = keyFor(spelled);
    if (!port.opened && members.forbids(key)) port.dropped?.(key, value);
    if (isTaken(key)) return;
    const schema = members.schemaFor(key);
    const change = budget.change(length, () => coerceToSchema(value, schema, root));
    let coerced = change === undefined ? value : change.done;
    // JSON where text is wanted (the content of a file, say): the text is what the model wrote, layout and digits included.
    if (raw !== undefined && typeof coerced === "string" && typeof value !== "string") coerced = raw;
    if (coerced === absent) {
      if (!members.requires(key)) return;
      coerced = value;
    }
    // A schema that is echoed looks like that.
    if (!port.opened && typeof value === "object" && typeof coerced === "string") port.stray?.();
    if (!begin(key)) return;
    const keeps =
      raw !== undefined &&
      isJson === true &&
      coerced === value &&
      (typeof value === "number" || longNumber.test(raw));
    port.put(keeps ? raw.trim() : budget.convert(length, () => JSON.stringify(coerced)));
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
      if (!passes) return;
      port.put('"');
      if (!port.opened) port.grow(key, current.pieces);
    },
    piece(escaped) {
      if (current === undefined || escaped === "") return;
      const { passes, pieces } = current;
      if (passes && port.opened) {
        port.put(escaped);
        return;
      }
      pieces.add(escaped);
      if (passes) port.grew?.(pieces);
    },
    endString() {
      if (current === undefined) return;
      const { key, passes, pieces } = current;
      current = undefined;
      if (passes) port.put('"');
      if (passes && port.opened) return;
      const text = pieces.text();
      if (text.length > jsonLimits.text) {
        if (!passes && begin(key)) port.put(`"${text}"`);
        if (!port.opened) port.wrote(members, key);
        return;
      }
      const value: unknown = budget.convert(text.length, () => JSON.parse(`"${text}"`) as unknown);
      if (passes) port.wrote(members, key, value);
      else putValue(key, value, { length: text.length });
    },
    value: (key, value, length) => putValue(key, value, { length }),
    json(key, raw) {
      const read = readLeniently(raw, budget);
      if (read !== undefined) putValue(key, read.value, { length: raw.length, raw, isJson: read.isJson });
      return read !== undefined;
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
      for (const key of members.nullable) {
        if (!begin(key)) continue;
        port.put("null");
        if (!port.opened) port.wrote(members, key, null);
      }
      port.put(`${isEmpty ? members.brackets.charAt(0) : ""}${before}${members.brackets.charAt(1)}`);
      if (!port.opened && depth > 0) port.closed?.(members.required.every((key) => written.has(key)));
    },
  };
}
