/** As wide as a literal may be before it is laid out in lines. */
const narrow = 48;
const tab = "  ";

/** How a language writes what JSON has. */
interface Writer {
  readonly text: (value: string) => string;
  readonly word: (value: boolean | null) => string;
  readonly key: (name: string) => string;
}

/** Code that stands for itself among values: `jsonSchema({…})`. */
export class Code {
  readonly before: string;
  readonly value: unknown;
  readonly after: string;

  /** What stands around a literal. */
  constructor(before: string, value: unknown, after: string) {
    this.before = before;
    this.value = value;
    this.after = after;
  }
}

function write(value: unknown, indent: string, writer: Writer): string {
  if (value instanceof Code) return value.before + write(value.value, indent, writer) + value.after;
  if (typeof value === "string") return writer.text(value);
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null)
    return writer.word(value === true || value === null ? value : false);
  const isList = Array.isArray(value);
  const [begin, end] = isList ? "[]" : "{}";
  const inner = indent + tab;
  const parts = isList
    ? value.map((one: unknown) => write(one, inner, writer))
    : Object.entries(value).map(([name, one]) => `${writer.key(name)}: ${write(one, inner, writer)}`);
  if (parts.length === 0) return `${begin}${end}`;
  const inline = isList ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
  if (inline.length <= narrow && !inline.includes("\n")) return inline;
  return `${begin}\n${parts.map((part) => `${inner}${part},\n`).join("")}${indent}${end}`;
}

const javaScript: Writer = {
  text: (value) => JSON.stringify(value),
  word: String,
  // As a key of a literal `__proto__` would set what the object inherits from.
  key: (name) =>
    name === "__proto__" ? '["__proto__"]' : /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name),
};

const python: Writer = {
  // JSON's escapes are Python's; what JSON.stringify leaves is in both as it is.
  text: (value) => JSON.stringify(value),
  word: (value) => (value === null ? "None" : value ? "True" : "False"),
  key: (name) => JSON.stringify(name),
};

/** A value as JavaScript has it. */
export function toJavaScript(value: unknown, indent = ""): string {
  return write(value, indent, javaScript);
}

/** Arguments of a call in Python, one a line. */
export function toPythonArguments(value: object): string {
  return Object.entries(value)
    .map(([name, one]) => `${tab}${name}=${write(one, tab, python)},\n`)
    .join("");
}
