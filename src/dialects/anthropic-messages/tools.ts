import { shorten } from "../../errors.ts";
import type { ToolChoice, ToolDefinition } from "../../model/request.ts";
import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { clientTools } from "./client-tools.ts";
import { toFieldError } from "./parse-fields.ts";
import type { WireTool, WireToolChoice } from "./request-schema.ts";

/** What the model is offered, and the entries that it is not. */
export interface OfferedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** `tools.3 (web_search_20250305)`: left out, because only Anthropic's servers can run it. */
  readonly ignored: readonly string[];
}

/** The definition of one entry; `undefined` for a tool that can't be offered. */
function toDefinition(tool: WireTool, index: number): ToolDefinition | undefined {
  if (tool.type && tool.type !== "custom") {
    const known = clientTools.get(tool.type);
    return known && tool.name ? { ...known, name: tool.name } : known;
  }
  if (!tool.name) throw toFieldError(["tools", index, "name"], "Field required");
  if (tool.input_schema === undefined) throw toFieldError(["tools", index, "input_schema"], "Field required");
  return {
    name: tool.name,
    ...(tool.description ? { description: tool.description } : {}),
    parameters: tool.input_schema,
  };
}

/** The schemas of the tools under the names of their fields. */
function* nameSchemas(tools: readonly WireTool[]): Generator<NamedSchema, void, undefined> {
  for (const [index, { input_schema: schema, description }] of tools.entries()) {
    if (schema !== undefined)
      yield { schema, texts: [description ?? undefined], param: `tools.${index}.input_schema` };
  }
}

/**
 * Sorts the tools into those that the model can be offered and those that it can't. A forced choice of a tool
 * that was left out becomes `auto` and is listed as ignored: agents must not fail over a server tool.
 * Throws `invalid-request` for a tool without a name or schema, two of one name, a choice that names no tool, or more than can be read.
 */
export function toOfferedTools(
  wireTools: readonly WireTool[],
  choice: WireToolChoice | null | undefined,
): OfferedTools {
  boundSchemas(nameSchemas(wireTools));
  const tools: ToolDefinition[] = [];
  const ignored: string[] = [];
  const leftOut = new Set<string>();
  const names = new Set<string>();
  for (const [index, tool] of wireTools.entries()) {
    const definition = toDefinition(tool, index);
    if (definition === undefined) {
      // The type goes into a header: nothing but plain letters may.
      ignored.push(`tools.${index} (${(tool.type ?? "").replaceAll(/[^\w.-]/g, "?").slice(0, 64)})`);
      if (tool.name) leftOut.add(tool.name);
      continue;
    }
    if (names.has(definition.name)) {
      throw toFieldError(
        ["tools", index, "name"],
        `Tool names must be unique: "${shorten(definition.name)}" stands twice`,
      );
    }
    names.add(definition.name);
    tools.push(definition);
  }

  const parallelToolCalls = !(
    choice &&
    "disable_parallel_tool_use" in choice &&
    choice.disable_parallel_tool_use
  );
  const done = (toolChoice: ToolChoice): OfferedTools => ({ tools, toolChoice, parallelToolCalls, ignored });
  switch (choice?.type) {
    case undefined:
    case "auto":
      return done({ kind: "auto" });
    case "none":
      return done({ kind: "none" });
    case "any":
      if (tools.length > 0) return done({ kind: "required" });
      if (ignored.length === 0) throw toFieldError(["tool_choice"], "'any' needs at least one tool in tools");
      break;
    case "tool":
      if (names.has(choice.name)) return done({ kind: "function", name: choice.name });
      if (!leftOut.has(choice.name)) {
        throw toFieldError(
          ["tool_choice", "name"],
          `Tool '${shorten(choice.name)}' not found in provided tools`,
        );
      }
      break;
  }
  ignored.push("tool_choice");
  return done({ kind: "auto" });
}
