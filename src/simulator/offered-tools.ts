import { readObject } from "./json-answer.ts";

/** One argument of a tool, its type written as in TypeScript. */
export interface OfferedField {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

/** A tool as the little model has understood it from the system prompt. */
export interface OfferedTool {
  readonly name: string;
  readonly description: string;
  readonly fields: readonly OfferedField[];
}

/**
 * The tools that a system prompt lists, as headings with a signature (`## name {` and a field per line) or as JSON
 * objects with `name` and `parameters`. Anything else is overlooked.
 */
export function readOfferedTools(system: string): OfferedTool[] {
  const tools = [...readSignatures(system), ...readJsonTools(system)];
  return tools.filter((tool, index) => tools.findIndex(({ name }) => name === tool.name) === index);
}

function readSignatures(system: string): OfferedTool[] {
  const heading = /^#{1,4} ([\w.:/-]+) \{(.*)$/gm;
  return [...system.matchAll(heading)].map((match) => {
    const name = match[1] ?? "";
    const oneLine = match[2] ?? "";
    const rest = system.slice(match.index + match[0].length + 1);
    if (oneLine.includes("}")) return { name, description: firstLine(rest), fields: [] };
    const end = rest.search(/^\}/m);
    const body = end === -1 ? "" : rest.slice(0, end);
    const description = firstLine(rest.slice(end).replace(/^\}[^\n]*\n?/, ""));
    return { name, description, fields: readFields(body) };
  });
}

/** Only fields of the outermost object: they are indented by one blank. */
function readFields(body: string): OfferedField[] {
  return [...body.matchAll(/^ {1,2}"?([\w$-]+)"?(\?)?: ([^\n]*)$/gm)].map((match) => ({
    name: match[1] ?? "",
    required: match[2] === undefined,
    type: (match[3] ?? "").split(" // ")[0] ?? "",
  }));
}

function readJsonTools(system: string): OfferedTool[] {
  const tools: OfferedTool[] = [];
  for (const match of system.matchAll(/\{\s*"(?:type|name|function)"/g)) {
    const object = readObject(system, match.index);
    const tool = isRecord(object?.["function"]) ? object["function"] : object;
    const read = isRecord(tool?.["parameters"]) ? readDeclaration(tool) : undefined;
    if (read !== undefined) tools.push(read);
  }
  return tools;
}

/** A tool as APIs declare it (`name`, `description`, `parameters` with a JSON schema); `undefined` without a name. */
export function readDeclaration(declared: unknown): OfferedTool | undefined {
  if (!isRecord(declared) || typeof declared["name"] !== "string") return undefined;
  const { properties, required } = isRecord(declared["parameters"]) ? declared["parameters"] : {};
  return {
    name: declared["name"],
    description: textOf(declared["description"]),
    fields: Object.entries(isRecord(properties) ? properties : {}).map(([name, schema]) => ({
      name,
      type: typeOf(schema),
      required: Array.isArray(required) && required.includes(name),
    })),
  };
}

function typeOf(schema: unknown): string {
  if (!isRecord(schema)) return "string";
  if (Array.isArray(schema["enum"])) {
    return schema["enum"].map((value) => JSON.stringify(value)).join("|");
  }
  return schema["type"] === "array" ? "string[]" : textOf(schema["type"]) || "string";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function firstLine(text: string): string {
  const [line = ""] = text.split("\n");
  return line.startsWith("#") ? "" : line;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
