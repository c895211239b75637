import { shorten } from "../../errors.ts";
import type { ToolChoice, ToolDefinition } from "../../model/request.ts";
import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { describeWithExamples } from "../tool-examples.ts";
import { browserToolset } from "./browser-tools.ts";
import { clientTools } from "./client-tools.ts";
import { computerTool, computerToolset } from "./computer-tools.ts";
import { type FieldPath, toFieldError } from "./parse-body.ts";
import type { WireTool, WireToolChoice } from "./request-schema.ts";
import { type DefinedTool, nameOfTool, type ToolHistory } from "./tool-changes.ts";
import { listMembers, type Toolset, type ToolsetCall } from "./toolset.ts";

/** What the model is offered, and the entries that it is not. */
export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  /** The calls of toolsets by the name that the model uses. */
  readonly toolsetCalls: ReadonlyMap<string, ToolsetCall>;
  /** `tools.3 (web_search_20250305)`: left out, because only Anthropic's servers can run it. */
  readonly ignored: readonly string[];
}

const toolsets: ReadonlyMap<string, Toolset> = new Map([
  ["browser_toolset_20260801", browserToolset],
  ["computer_toolset_20260801", computerToolset],
]);

/** A tool for the model; `call` if it is the member of a toolset. */
interface Offer {
  readonly definition: ToolDefinition;
  readonly call?: ToolsetCall;
}

/** What one entry offers; `undefined` for a tool that can't be offered. */
function toOffers(tool: WireTool, path: FieldPath): readonly Offer[] | undefined {
  const { type, name, input_schema: parameters } = tool;
  if (type && type !== "custom") {
    const toolset = toolsets.get(type);
    if (toolset !== undefined) return listMembers(toolset, tool.configs);
    const known = clientTools.get(type) ?? computerTool(type, tool);
    if (known === undefined) return undefined;
    const description = describeWithExamples(known.description, tool.input_examples);
    return [{ definition: { ...known, name: name ?? known.name, description } }];
  }
  if (!name) throw toFieldError([...path, "name"], "Field required");
  if (parameters === undefined) throw toFieldError([...path, "input_schema"], "Field required");
  const description = describeWithExamples(tool.description, tool.input_examples);
  return [{ definition: { name, ...(description === "" ? {} : { description }), parameters } }];
}

/** What entries offered before: agents send the same ones with each turn. */
const known = new WeakMap<WireTool, readonly Offer[]>();

function toKnownOffers(tool: WireTool, path: FieldPath): readonly Offer[] | undefined {
  const offers = known.get(tool) ?? toOffers(tool, path);
  if (offers !== undefined) known.set(tool, offers);
  return offers;
}

/** The schemas of the tools under the names of their fields. */
function* nameSchemas(entries: readonly DefinedTool[]): Generator<NamedSchema, void, undefined> {
  for (const { tool, path } of entries) {
    const param = [...path, "input_schema"].join(".");
    // Examples are read to the model as a schema is, and are as much work.
    yield { schema: tool.input_schema ?? {}, texts: [tool.description ?? undefined], param };
    for (const example of tool.input_examples ?? []) yield { schema: example, param };
  }
}

/** Whether an entry waits to be referred to. All enabled members of a toolset agree on it. */
function isDeferred({ defer_loading: deferred, configs }: WireTool): boolean {
  return deferred === true || Object.values(configs ?? {}).some((config) => config?.defer_loading === true);
}

/**
 * Deferred tools that nothing refers to yet. None where nobody could find them: when Anthropic's servers should
 * search, which they can't do here, or when there is no other tool.
 */
function findHidden(
  entries: readonly DefinedTool[],
  shown: ReadonlySet<string>,
  chosen: string | undefined,
): ReadonlySet<WireTool> {
  const tools = entries.map(({ tool }) => tool);
  if (tools.some(({ type }) => type?.startsWith("tool_search_tool_"))) return new Set();
  if (tools.every(isDeferred)) return new Set();
  return new Set(
    tools.filter((tool) => {
      const name = nameOfTool(tool);
      return isDeferred(tool) && !shown.has(name) && chosen !== name;
    }),
  );
}

/** Settings of tools that have no effect, each named once. */
function listIgnoredFields(tools: readonly WireTool[]): string[] {
  const fields: string[] = [];
  if (tools.some(({ allowed_callers: callers }) => callers && !callers.includes("direct")))
    fields.push("tools.allowed_callers");
  // Arguments are streamed as they come, unless the operator wants them whole.
  if (tools.some((tool) => tool.eager_input_streaming === false)) fields.push("tools.eager_input_streaming");
  return fields;
}

/**
 * Sorts the tools, those of `tools` and those defined in the conversation, into those that the model is offered, those
 * that are hidden or removed by now, and those that it can't be offered. A forced choice of a tool that was left out
 * becomes `auto` and is listed as ignored: agents must not fail over a server tool.
 * Throws `invalid-request` for a tool without a name or schema, two of one name, a choice that names no tool, or more than can be read.
 */
export function parseTools(
  wireTools: readonly WireTool[],
  choice: WireToolChoice | null | undefined,
  history: ToolHistory,
): ParsedTools {
  const redefined = new Set(history.defined.map(({ tool }) => nameOfTool(tool)));
  const entries: readonly DefinedTool[] = [
    ...wireTools.map((tool, index) => ({ tool, path: ["tools", index] })),
    ...history.defined,
  ];
  boundSchemas(nameSchemas(entries));
  const chosen = choice?.type === "tool" ? choice.name : undefined;
  const hidden = findHidden(entries, history.shown, chosen);
  const tools: ToolDefinition[] = [];
  const ignored = [...listIgnoredFields(entries.map(({ tool }) => tool)), ...history.ignored];
  const leftOut = new Set<string>();
  const names = new Set<string>();
  const toolsetCalls = new Map<string, ToolsetCall>();
  for (const { tool, path } of entries) {
    const name = nameOfTool(tool);
    const offers = toKnownOffers(tool, path);
    if (offers === undefined) {
      // The type goes into a header: nothing but plain letters may.
      ignored.push(`${path.join(".")} (${(tool.type ?? "").replaceAll(/[^\w.-]/g, "?").slice(0, 64)})`);
      if (tool.name) leftOut.add(tool.name);
      continue;
    }
    const isGone =
      hidden.has(tool) || history.removed.has(name) || (path[0] === "tools" && redefined.has(name));
    if (isGone) continue;
    // A choice can't name all of a toolset.
    if (name !== offers[0]?.definition.name) leftOut.add(name);
    for (const { definition, call } of offers) {
      if (names.has(definition.name)) {
        const name = shorten(definition.name);
        const sent = [name];
        throw toFieldError([...path, "name"], `Tool names must be unique: "${name}" stands twice`, { sent });
      }
      names.add(definition.name);
      tools.push(definition);
      if (call !== undefined) toolsetCalls.set(definition.name, call);
    }
  }

  const parallelToolCalls = !(
    choice &&
    "disable_parallel_tool_use" in choice &&
    choice.disable_parallel_tool_use
  );
  const done = (toolChoice: ToolChoice): ParsedTools => ({
    tools,
    toolChoice,
    parallelToolCalls,
    toolsetCalls,
    ignored,
  });
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
        const name = shorten(choice.name);
        const sent = [name];
        throw toFieldError(["tool_choice", "name"], `Tool '${name}' not found in provided tools`, { sent });
      }
      break;
  }
  ignored.push("tool_choice");
  return done({ kind: "auto" });
}
