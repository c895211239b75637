import type { z } from "zod";

import type { Path, PlainValues } from "./plain-values.ts";
import { suggestId } from "../suggest/suggest-id.ts";
import { askIfMeant } from "./ask-if-meant.ts";
import { modelsKeys, upstreamKeys } from "./upstream-schema.ts";
import { compatibleTypes, setupOf, upstreamTypes } from "./upstream-types.ts";

type Tell = (offset: number, message: string) => void;

/** Tells what does not fit the schema, at its place and in words that say what to write. Values are never shown. */
export function explainIssue(issue: z.core.$ZodIssue, plain: PlainValues, tell: Tell): void {
  if (plain.isBroken(issue.path)) return;
  // That these are written out is told already.
  if (/^(?:name|type)$/.test(String(issue.path.at(-1))) && plain.isSubstituted(issue.path)) return;
  const label = labelOf(issue.path);
  const value = valueAt(plain.value, issue.path);
  const here = plain.offsetOf(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      for (const key of issue.keys)
        tell(plain.offsetOfKey([...issue.path, key]), explainKey(key, issue.path, plain));
      return;
    case "invalid_key":
      for (const { message } of issue.issues) tell(plain.offsetOfKey(issue.path), `${label} ${message}.`);
      return;
    case "invalid_type":
      if (value === undefined) tell(plain.offsetOfKey(issue.path), explainMissing(issue.path, plain));
      else
        tell(
          here,
          `${label} must be ${wanted[issue.expected] ?? issue.expected}${advise(issue.expected, value)}.`,
        );
      return;
    case "invalid_value":
      tell(here, explainChoice(label, issue.values.map(String), value));
      return;
    case "invalid_union":
      // Only `type` chooses between forms.
      if (value === undefined) tell(plain.offsetOfKey(issue.path), explainMissing(issue.path, plain));
      else tell(here, explainChoice(label, upstreamTypes, value));
      return;
    case "too_small":
      if (issue.origin === "array") tell(here, `${label} needs at least one entry.`);
      else if (issue.origin === "string") tell(here, `${label} is empty.`);
      else tell(here, `${label} must be ${String(issue.minimum)} or more.`);
      return;
    case "too_big":
      tell(here, `${label} must be ${String(issue.maximum)} or less.`);
      return;
    default:
      tell(here, `${label} ${issue.message}.`);
  }
}

const wanted: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  array: "a list",
  object: "a map (key: value)",
  record: "a map (key: value)",
};

function advise(expected: string, value: unknown): string {
  if (expected === "string" && /^(?:number|boolean|bigint)$/.test(typeof value))
    return ": put quotes around it";
  if (expected === "array" && typeof value === "string") return ": put [ ] around it";
  if (/^(?:number|int)$/.test(expected) && typeof value === "string")
    return ", without quotes and not from a variable";
  return "";
}

/** What stands at a path; `undefined` also for what does not. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** `key`, or what an entry of a list is called. */
export function labelOf(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return "The file";
  if (typeof last !== "number") return `\`${String(last)}\``;
  return `Entry ${last + 1} of ${labelOf(path.slice(0, -1))}`;
}

function explainMissing(path: Path, plain: PlainValues): string {
  const key = path.at(-1);
  if (key === undefined) return "The file is empty. Write upstreams: and a list, or remove the file.";
  if (typeof key === "number")
    return `${labelOf(path)} is empty. Remove its line, or write what belongs there.`;
  const label = labelOf(path);
  const type = valueAt(plain.value, [...path.slice(0, -1), "type"]);
  switch (path[0] === "upstreams" ? key : path.length === 1 ? "upstreams" : undefined) {
    case "upstreams":
      return `${label} is missing: a list of all upstreams that are used, such as - { name: web, type: akash-chat }.`;
    case "name":
      return `${label} is missing: your own name for this upstream, as in name/model.`;
    case "type":
      return `${label} is missing: one of ${upstreamTypes.join(", ")}.${askIfMisspelt(path, plain)}`;
    case "base_url":
      return `${label} is missing: where the API is, such as http://gpu:8000/v1.`;
    case "api_key": {
      const variable = isCompatible(type) ? setupOf(type).keyVariable : undefined;
      return `${label} is missing. Write api_key: \${${variable ?? "NAME"}}.`;
    }
    default:
      return `${label} is empty. Remove it, or write what belongs there.`;
  }
}

/** Without a `type` nothing is known of the other keys, so one that was meant for it is looked for here. */
function askIfMisspelt(path: Path, plain: PlainValues): string {
  const entry = valueAt(plain.value, path.slice(0, -1));
  const keys = typeof entry === "object" && entry !== null ? Object.keys(entry) : [];
  const meant = keys.find(
    (key) => !upstreamKeys(undefined).includes(key) && suggestId(key, ["type"]) !== undefined,
  );
  return meant === undefined ? "" : ` \`${meant}\` is likely meant for it.`;
}

const isCompatible = (type: unknown): type is string =>
  typeof type === "string" && compatibleTypes.includes(type);

function explainChoice(label: string, choices: readonly string[], value: unknown): string {
  const list = choices.join(", ");
  if (value === true && choices.includes("native"))
    return `${label} must be one of ${list}: native for true.`;
  return `${label} must be one of ${list}.${typeof value === "string" ? askIfMeant(value, choices) : ""}`;
}

function explainKey(key: string, path: Path, plain: PlainValues): string {
  const known = knownKeys(path, plain);
  const missing = known.filter((other) => valueAt(plain.value, [...path, other]) === undefined);
  const hint = askIfMeant(key, missing) || askIfMeant(key, known) || ` Known are ${known.join(", ")}.`;
  const owner =
    path.length === 0 ? "this file" : path.length === 2 ? "an upstream of this type" : labelOf(path);
  return `\`${key}\` is no key of ${owner}.${hint}`;
}

function knownKeys(path: Path, plain: PlainValues): readonly string[] {
  if (path.length === 0) return ["upstreams", "models", "aliases"];
  if (path.length === 2) return upstreamKeys(valueAt(plain.value, [...path, "type"]));
  if (path.at(-1) === "price") return ["input", "output"];
  if (path.length === 3) return modelsKeys;
  return modelsKeys.filter((key) => key !== "include" && key !== "overrides");
}
