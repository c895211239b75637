import { GatewayError, shorten } from "../../errors.ts";
import type { ToolChoice, ToolDefinition } from "../../model/request.ts";
import { isBuiltIn } from "./built-in-tools.ts";
import type { WireToolChoice } from "./request-schema.ts";
import type { ToolTable } from "./tool-table.ts";

/** Which of the offered tools may or must be called. */
export interface ChosenTools {
  readonly choice: ToolChoice;
  readonly definitions: readonly ToolDefinition[];
  /** True: the choice names a tool that was left out; as far as it does it had no effect. */
  readonly ignored: boolean;
}

function toName(tool: Readonly<Record<string, unknown>>): string | undefined {
  return typeof tool["name"] === "string" ? tool["name"] : undefined;
}

/** What an entry of `allowed_tools` stands for. */
function keyOf(entry: Readonly<Record<string, unknown>>): string {
  const { type, namespace } = entry;
  const name = toName(entry);
  if (isBuiltIn(type)) return type;
  if (type === "namespace") return JSON.stringify([name]);
  return JSON.stringify([name, typeof namespace === "string" ? namespace : undefined]);
}

/** The entries that would allow a tool: itself, and its namespace, which allows all that is in it. */
function keysOf(definition: ToolDefinition, tools: ToolTable): readonly string[] {
  const { kind, name, namespace } = tools.find(definition.name) ?? {};
  if (isBuiltIn(kind)) return [kind];
  return [JSON.stringify([name, namespace]), JSON.stringify([namespace])];
}

/** The tools that `allowed_tools` lists, and whether it lists others, which are not offered. */
function filterAllowed(allowed: readonly Readonly<Record<string, unknown>>[], tools: ToolTable) {
  const keys = new Set(allowed.map(keyOf));
  const offered = new Set(tools.definitions.flatMap((definition) => keysOf(definition, tools)));
  return {
    definitions: tools.definitions.filter((tool) => keysOf(tool, tools).some((key) => keys.has(key))),
    ignored: [...keys].some((key) => !offered.has(key)),
  };
}

/**
 * Reads `tool_choice`. Throws kind `invalid-request` for a function that is not among the tools, and for a
 * demand to call one when the request has none at all.
 */
export function parseToolChoice(choice: WireToolChoice | undefined, tools: ToolTable): ChosenTools {
  const { definitions } = tools;
  // The tools that were meant may all be ones that we cannot offer: then there is nothing to demand.
  const nothingOffered = definitions.length === 0 && tools.leftOut.length > 0;
  if (choice === undefined || choice === "auto" || choice === "none") {
    return { choice: { kind: choice ?? "auto" }, definitions, ignored: false };
  }
  if (choice === "required") {
    if (nothingOffered) return { choice: { kind: "auto" }, definitions, ignored: true };
    if (definitions.length > 0) return { choice: { kind: "required" }, definitions, ignored: false };
    throw new GatewayError("invalid-request", "tool_choice 'required' needs tools to choose from.", {
      param: "tool_choice",
    });
  }
  if (choice.type === "allowed_tools") {
    const allowed = filterAllowed(choice.tools ?? [], tools);
    const kind = choice.mode === "required" && allowed.definitions.length > 0 ? "required" : "auto";
    return { choice: { kind }, ...allowed };
  }
  const { type } = choice;
  // A shell in a container of OpenAI's was left out.
  if (type !== "function" && type !== "custom" && (!isBuiltIn(type) || tools.leftOut.includes(type))) {
    return { choice: { kind: "auto" }, definitions, ignored: true };
  }
  const name = isBuiltIn(type) ? type : (choice.name ?? choice.function?.name ?? "");
  const offered = isBuiltIn(type) ? tools.toBuiltInName(type) : tools.toOfferedName(name, choice.namespace);
  const found = tools.find(offered);
  if (found === undefined || (isBuiltIn(type) && found.kind !== type)) {
    const shown = shorten(name);
    throw new GatewayError("invalid-request", `tool_choice names '${shown}', which is not among the tools.`, {
      param: "tool_choice.name",
      sent: [shown],
    });
  }
  return { choice: { kind: "function", name: offered }, definitions, ignored: false };
}
