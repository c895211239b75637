import type { JsonSchema } from "../../model/request.ts";
import { objectBranches } from "./choose-branch.ts";
import { loosen } from "./loosen.ts";
import { branchesOf, isRecord, propertiesOf, typesOf } from "./resolve-schema.ts";

/** What a schema says of an object's keys. */
export interface ObjectShape {
  /** The declared keys, in the schema's order. */
  readonly keys: readonly string[];
  declares(key: string): boolean;
  /** The schema of a declared key; `undefined` if the schema doesn't name it. */
  schemaFor(key: string): unknown;
  /** The schema of the values of all other keys; `undefined` if nothing is said of them. */
  readonly others: unknown;
  /** The declared keys that are spelled like this, but for case and separators. */
  spellingsOf(key: string): readonly string[];
  /** The declared key that is meant by one in another spelling; the key itself where that can't be told. */
  keyFor(key: string): string;
  /** Whether an object without this key is wrong. */
  requires(key: string): boolean;
  /** Whether an object with this key is wrong. */
  forbids(key: string): boolean;
  /** The required keys that may be `null`: where one is missing, nothing else can be meant. */
  readonly nullable: readonly string[];
  /** The only declared key, if it takes a list: a list alone can be meant for nothing else. */
  readonly onlyList: string | undefined;
  /** Whether an object has keys, none of which is declared though some are: then what fits may do so by chance. */
  isStrange(value: Readonly<Record<string, unknown>>): boolean;
}

/** Describes the objects that a schema admits. */
export function describeObject(schema: JsonSchema, root: JsonSchema): ObjectShape {
  const properties = propertiesOf(schema, root);
  const own = onlyBranch(schema, root);
  const required = new Set<unknown>(Array.isArray(own["required"]) ? own["required"] : []);
  const others: unknown = own["additionalProperties"];
  // Beside these, `additionalProperties` speaks of some keys only.
  const forbidsOthers =
    (others === false || own["unevaluatedProperties"] === false) &&
    own["patternProperties"] === undefined &&
    branchesOf(own).length === 0;
  const loose = new Map<string, string[]>();
  for (const key of properties.keys()) {
    const same = loose.get(loosen(key));
    if (same === undefined) loose.set(loosen(key), [key]);
    else same.push(key);
  }
  const spellingsOf = (key: string): readonly string[] => loose.get(loosen(key)) ?? [];
  const keyFor = (key: string): string => {
    if (properties.has(key)) return key;
    const [only, second] = spellingsOf(key);
    return only === undefined || second !== undefined ? key : only;
  };
  const keys = [...properties.keys()];
  const [first, second] = keys;
  const isOnlyList =
    first !== undefined && second === undefined && typesOf(properties.get(first), root).has("array");
  return {
    keys,
    declares: (key) => properties.has(key),
    schemaFor: (key) => properties.get(key),
    others: isRecord(others) ? others : undefined,
    spellingsOf,
    keyFor,
    requires: (key) => required.has(key),
    forbids: (key) => forbidsOthers && !properties.has(key),
    onlyList: isOnlyList ? first : undefined,
    isStrange(value) {
      const written = Object.keys(value);
      return written.length > 0 && keys.length > 0 && !written.some((key) => properties.has(keyFor(key)));
    },
    nullable: [...properties].flatMap(([key, property]) =>
      required.has(key) && typesOf(property, root).has("null") ? [key] : [],
    ),
  };
}

/** A schema's only branch that admits objects: what is optional is often written as "this, or null". */
function onlyBranch(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const [only, second] = objectBranches(schema, root);
  return second === undefined ? (only ?? schema) : schema;
}
