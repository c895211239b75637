import { GatewayError, shorten } from "../../errors.ts";
import type { ToolChoice, ToolDefinition } from "../../model/request.ts";
import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { findIgnored, findIgnoredInAll } from "../find-ignored.ts";
import { parseSchema } from "./parse-schema.ts";
import type { RequestBody, WireDeclaration } from "./request-schema.ts";

/** The tool part of a request. */
export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  /** Tools of Google's, and settings of functions, without effect: `tools.googleSearch`. */
  readonly ignored: readonly string[];
}

/** A function, and where it stands. */
interface Placed {
  readonly declaration: WireDeclaration;
  readonly param: string;
}

/** Agents send the same functions with each turn. */
const known = new WeakMap<WireDeclaration, ToolDefinition>();

function toDefinition(declaration: WireDeclaration): ToolDefinition {
  const found = known.get(declaration);
  if (found !== undefined) return found;
  const { name, description = "", parameters, parametersJsonSchema } = declaration;
  const schema = parametersJsonSchema ?? parameters ?? {};
  const definition = {
    name,
    ...(description === "" ? {} : { description }),
    // One without parameters may have a schema without properties, or none.
    parameters: { type: "object", ...parseSchema(schema) },
  };
  known.set(declaration, definition);
  return definition;
}

function* nameSchemas(placed: readonly Placed[]): Generator<NamedSchema, void, undefined> {
  for (const { declaration, param } of placed) {
    const { parameters, parametersJsonSchema, description } = declaration;
    if (parameters !== undefined && parametersJsonSchema !== undefined) {
      const both = `'${param}' has 'parameters' and 'parametersJsonSchema': leave out one.`;
      throw new GatewayError("invalid-request", both, { param: `${param}.parameters` });
    }
    const field = parameters === undefined ? "parametersJsonSchema" : "parameters";
    const schema = parametersJsonSchema ?? parameters ?? {};
    yield { schema, texts: [description], param: `${param}.${field}` };
  }
}

function placeFunctions({ tools = [] }: RequestBody): Placed[] {
  return tools.flatMap(({ functionDeclarations = [] }, at) =>
    functionDeclarations.map((declaration, index) => ({
      declaration,
      param: `tools[${at}].functionDeclarations[${index}]`,
    })),
  );
}

/** The tools of Google's own, by their fields; one without settings is an empty object. */
function findForeign({ tools = [] }: RequestBody): string[] {
  const names = tools.flatMap((tool) =>
    Object.entries(tool).flatMap(([name, value]) =>
      name === "functionDeclarations" || value === undefined || value === null || value === false
        ? []
        : [name],
    ),
  );
  return [...new Set(names)].map((name) =>
    encodeURIComponent(shorten(name, 64).replace(/\p{Surrogate}/gu, "\uFFFD")),
  );
}

const understood: ReadonlySet<string> = new Set([
  "name",
  "description",
  "parameters",
  "parametersJsonSchema",
]);
const understoodOfChoice: ReadonlySet<string> = new Set(["mode", "allowedFunctionNames"]);
const understoodOfConfig: ReadonlySet<string> = new Set(["functionCallingConfig"]);

function listIgnored(body: RequestBody, placed: readonly Placed[], foreign: readonly string[]): string[] {
  const { toolConfig } = body;
  return [
    ...foreign.map((name) => `tools.${name}`),
    ...findIgnoredInAll(
      placed.map(({ declaration }) => declaration),
      (declaration) => findIgnored(declaration, understood, "tools.functionDeclarations."),
    ),
    ...findIgnored(toolConfig.functionCallingConfig, understoodOfChoice, "toolConfig.functionCallingConfig."),
    ...findIgnored(toolConfig, understoodOfConfig, "toolConfig."),
  ];
}

function refuseTwice(placed: readonly Placed[]): void {
  const names = new Set<string>();
  for (const { declaration, param } of placed) {
    if (names.has(declaration.name)) {
      const shown = shorten(declaration.name);
      const text = `'${param}.name' stands twice: a function '${shown}' is declared before.`;
      throw new GatewayError("invalid-request", text, { param: `${param}.name`, sent: [shown] });
    }
    names.add(declaration.name);
  }
}

/**
 * Reads `tools` and `toolConfig`. What Google's servers would run is left out and named beside functions; alone it is refused, since an answer from
 * memory would pass for one that was looked up. Throws `invalid-request` for a choice without its function, and for too much.
 */
export function parseTools(body: RequestBody): ParsedTools {
  const placed = placeFunctions(body);
  boundSchemas(nameSchemas(placed));
  refuseTwice(placed);
  const tools = placed.map(({ declaration }) => toDefinition(declaration));
  const foreign = findForeign(body);
  const [first] = foreign;
  if (first !== undefined && tools.length === 0) {
    throw new GatewayError(
      "unsupported",
      `'tools' asks for ${foreign.join(", ")}, which only Google's servers have. Leave it out, or offer functions.`,
      { param: `tools.${first}`, sent: foreign },
    );
  }
  const ignored = listIgnored(body, placed, foreign);
  return { ...chooseTools(body, tools), ignored };
}

const at = "toolConfig.functionCallingConfig";

function chooseTools(body: RequestBody, all: readonly ToolDefinition[]): Omit<ParsedTools, "ignored"> {
  const { mode, allowedFunctionNames: names = [] } = body.toolConfig.functionCallingConfig;
  if (mode === "NONE") return { tools: all, toolChoice: { kind: "none" } };
  const offered = new Set(all.map(({ name }) => name));
  const wrong = names.find((name) => !offered.has(name));
  if (wrong !== undefined) {
    const shown = shorten(wrong);
    const param = `${at}.allowedFunctionNames`;
    const text = `'${param}' names '${shown}', which is not among the functions.`;
    throw new GatewayError("invalid-request", text, { param, sent: [shown] });
  }
  const allowed = new Set(names);
  const tools = names.length === 0 ? all : all.filter(({ name }) => allowed.has(name));
  if (mode !== "ANY") return { tools, toolChoice: { kind: "auto" } };
  if (tools.length === 0) {
    const param = `${at}.mode`;
    throw new GatewayError("invalid-request", `'${param}' is ANY, but there are no functions.`, { param });
  }
  const [only] = names;
  const single = names.length === 1 && only !== undefined;
  return { tools, toolChoice: single ? { kind: "function", name: only } : { kind: "required" } };
}
