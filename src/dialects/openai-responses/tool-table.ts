import type { ToolDefinition } from "../../model/request.ts";
import { toCustomParameters } from "../custom-tool.ts";
import { describeWithExamples } from "../tool-examples.ts";
import { type BuiltInType, defineBuiltIn } from "./built-in-tools.ts";
import type { PlainTool, WireTool } from "./tool-schema.ts";

/** What a tool was when the client declared it. */
export interface DeclaredTool {
  readonly kind: "function" | "custom" | BuiltInType;
  readonly name: string;
  readonly namespace?: string;
}

/** The declared tools under the names by which the model knows them. */
export interface ToolTable {
  readonly definitions: readonly ToolDefinition[];
  /** The tools as the client sent them, for the response object. */
  readonly echo: readonly Readonly<Record<string, unknown>>[];
  /** Types of the tools that were left out, each once. */
  readonly leftOut: readonly string[];
  /** Offered names of the custom tools, which take free-form text. */
  readonly customNames: ReadonlySet<string>;
  /** The tool that is offered by this name. */
  find(offeredName: string): DeclaredTool | undefined;
  /** The name by which the model knows a tool, declared or not. */
  toOfferedName(name: string, namespace?: string): string;
  /** The name by which the model knows a tool that OpenAI defined, declared or not. */
  toBuiltInName(type: BuiltInType): string;
}

/** Namespaces of MCP servers often end with the separator already. */
function join(namespace: string, name: string): string {
  return namespace.endsWith("__") ? namespace + name : `${namespace}__${name}`;
}

/** What the model is told of a tool, or undefined when only OpenAI could run it. */
function toDefinition(
  tool: PlainTool,
): { readonly kind: DeclaredTool["kind"]; readonly definition: ToolDefinition } | undefined {
  if (tool.type === "other") return undefined;
  if (tool.type !== "function" && tool.type !== "custom") {
    const definition = defineBuiltIn(tool);
    return definition === undefined ? undefined : { kind: tool.type, definition };
  }
  const description = describeWithExamples(tool.description, tool.input_examples);
  const named = { name: tool.name, ...(description === "" ? {} : { description }) };
  if (tool.type === "function") {
    return { kind: "function", definition: { ...named, parameters: tool.parameters ?? { type: "object" } } };
  }
  return {
    kind: "custom",
    definition: { ...named, parameters: toCustomParameters(tool.format), inWords: true },
  };
}

/** A tool as the response object shows it. A function has all its fields there. */
function toEcho(tool: WireTool): Readonly<Record<string, unknown>> {
  if (tool.type === "other") return tool.tool;
  if (tool.type === "namespace") return { ...tool, tools: tool.tools.map(toEcho) };
  if (tool.type !== "function") return tool;
  const { description = null, parameters = null, strict = null } = tool;
  return { ...tool, description, parameters, strict };
}

/** One key for a name in its namespace; a tool that OpenAI defined has its type for a key, which is never the same. */
function toKey(name: string, namespace: string | undefined): string {
  return JSON.stringify([namespace ?? null, name]);
}

/**
 * Makes the table of a request's tools. A tool in a namespace is offered as `namespace__name`, and the
 * namespace's description goes to its first tool. A tool that is declared twice counts once, the first time.
 */
export function createToolTable(tools: readonly WireTool[]): ToolTable {
  const declared = new Map<string, DeclaredTool>();
  const offeredNames = new Map<string, string>();
  const definitions: ToolDefinition[] = [];
  const leftOut = new Set<string>();

  function add(tool: PlainTool, namespace: string | undefined, preface: string): boolean {
    const described = toDefinition(tool);
    if (described === undefined) {
      leftOut.add(tool.type === "other" ? tool.tool.type : tool.type);
      return false;
    }
    const { kind, definition } = described;
    const isNamed = kind === "function" || kind === "custom";
    const key = isNamed ? toKey(definition.name, namespace) : kind;
    if (offeredNames.has(key)) return false;
    const wanted = namespace === undefined ? definition.name : join(namespace, definition.name);
    let name = wanted;
    // `a__b` may be a plain tool and also `b` in the namespace `a`.
    for (let suffix = 2; declared.has(name); suffix += 1) name = `${wanted}_${suffix}`;
    offeredNames.set(key, name);
    declared.set(name, { kind, name: definition.name, ...(namespace === undefined ? {} : { namespace }) });
    const description = [preface, definition.description ?? ""].filter((text) => text !== "").join("\n\n");
    definitions.push({ ...definition, name, ...(description === "" ? {} : { description }) });
    return true;
  }

  for (const tool of tools) {
    if (tool.type !== "namespace") {
      add(tool, undefined, "");
      continue;
    }
    let preface = tool.description ?? "";
    for (const member of tool.tools) if (add(member, tool.name, preface)) preface = "";
  }

  return {
    definitions,
    echo: tools.map(toEcho),
    leftOut: [...leftOut],
    customNames: new Set([...declared].flatMap(([name, { kind }]) => (kind === "custom" ? [name] : []))),
    find: (offeredName) => declared.get(offeredName),
    toOfferedName(name, namespace) {
      const known = offeredNames.get(toKey(name, namespace));
      return known ?? (namespace === undefined ? name : join(namespace, name));
    },
    toBuiltInName: (type) => offeredNames.get(type) ?? type,
  };
}
