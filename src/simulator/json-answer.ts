import type { ChatBody } from "./types.ts";

type Schema = Readonly<Record<string, unknown>>;

/** A plausible JSON document where the system prompt demands one, else `undefined`. */
export function jsonAnswer(body: ChatBody): string | undefined {
  const instructions = body.system ?? "";
  const demand = /JSON Schema:?\s*(?=\{)/i.exec(instructions);
  const question = body.messages.findLast(({ role }) => role === "user")?.content ?? "";
  if (demand !== null) {
    const schema = readObject(instructions, demand.index + demand[0].length);
    if (schema !== undefined) return fittingJson(schema, question);
  }
  if (!/\b(?:answer|respond|reply|output)\b[^.\n]{0,40}\bJSON\b/i.test(instructions)) return undefined;
  return plainJson(question);
}

/** A document that fits a simple schema, its texts taken from the question. */
export function fittingJson(schema: Schema, question: string): string {
  return JSON.stringify(valueFor(schema, "answer", { question, root: schema, depth: 0 }));
}

/** An object for whoever wants JSON of any form. */
export function plainJson(question: string): string {
  return JSON.stringify({ answer: question, source: "simulator" });
}

/** The JSON object that starts at `start` of a text. */
export function readObject(text: string, start: number): Schema | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\" && quoted) at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth += 1;
    else if (!quoted && character === "}" && --depth === 0) {
      return parseObject(text.slice(start, at + 1));
    }
  }
  return undefined;
}

function parseObject(text: string): Schema | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isSchema(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Place {
  readonly question: string;
  readonly root: Schema;
  /** How many schemas stand around this one. */
  readonly depth: number;
}

/** From here on only what is required is given, and beyond twice that nothing: schemas may hold themselves. */
const deep = 6;

/** A value that a simple schema accepts; strings are taken from the question. */
function valueFor(schema: unknown, name: string, outer: Place): unknown {
  if (!isSchema(schema) || outer.depth > 2 * deep) return null;
  const place = { ...outer, depth: outer.depth + 1 };
  const reference = schema["$ref"];
  if (typeof reference === "string") return valueFor(lookUp(reference, place.root), name, place);
  if ("const" in schema) return schema["const"];
  if (Array.isArray(schema["enum"])) return pick(schema["enum"], place.question);
  for (const key of ["anyOf", "oneOf", "allOf"]) {
    const branches = schema[key];
    if (Array.isArray(branches)) return valueFor(branches[0], name, place);
  }
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (type) {
    case "object":
      return objectFor(schema, place);
    case "array":
      return arrayFor(schema, name, place);
    case "integer":
    case "number":
      return numberFor(schema, place.question);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "properties" in schema ? objectFor(schema, place) : textFor(schema, name, place.question);
  }
}

function objectFor(schema: Schema, place: Place): object {
  const properties = isSchema(schema["properties"]) ? schema["properties"] : {};
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([key]) => place.depth <= deep || required.includes(key))
      .map(([key, value]) => [key, valueFor(value, key, place)]),
  );
}

function arrayFor(schema: Schema, name: string, place: Place): unknown[] {
  const length = Math.min(100, numberOf(schema["minItems"], place.depth <= deep ? 1 : 0));
  return Array.from({ length: Math.max(place.depth <= deep ? 1 : 0, length) }, () =>
    valueFor(schema["items"] ?? { type: "string" }, name, place),
  );
}

function numberFor(schema: Schema, question: string): number {
  const found = Number(/-?\d+/.exec(question)?.[0] ?? Number.NaN);
  const least = numberOf(schema["minimum"], numberOf(schema["exclusiveMinimum"], 0) + 1);
  const most = numberOf(schema["maximum"], Number.MAX_SAFE_INTEGER);
  return Number.isNaN(found) ? Math.min(least, most) : Math.min(Math.max(found, least), most);
}

function textFor(schema: Schema, name: string, question: string): string {
  const formats: Readonly<Record<string, string>> = {
    date: "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    time: "12:00:00Z",
    email: "someone@example.com",
    uri: "https://example.com/",
    uuid: "123e4567-e89b-42d3-a456-426614174000",
  };
  const format = formats[String(schema["format"])];
  if (format !== undefined) return format;
  const proper = /(?<=\s|^)\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*/gu;
  const names = [...question.matchAll(proper)].map(([word]) => word);
  const text = /name|city|place|person|country/i.test(name) ? (names.at(-1) ?? question) : question;
  return text.slice(0, numberOf(schema["maxLength"], 200)) || name;
}

function lookUp(reference: string, root: Schema): unknown {
  return reference
    .split("/")
    .slice(1)
    .reduce<unknown>((value, key) => (isSchema(value) ? value[key] : undefined), root);
}

function pick(values: readonly unknown[], question: string): unknown {
  const lower = question.toLowerCase();
  return values.find((value) => lower.includes(String(value).toLowerCase())) ?? values[0];
}

function numberOf(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
