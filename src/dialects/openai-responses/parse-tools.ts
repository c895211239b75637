import { boundSchemas, type NamedSchema } from "../../shaping/schema/bound-schemas.ts";
import { nameExamples } from "../tool-examples.ts";
import { describeSkills } from "./built-in-tools.ts";
import type { PlacedItem } from "./parse-messages.ts";
import { type ChosenTools, parseToolChoice } from "./parse-tool-choice.ts";
import type { RequestBody } from "./request-schema.ts";
import type { WireTool } from "./tool-schema.ts";
import { createToolTable, type ToolTable } from "./tool-table.ts";

/** The tool part of a request. */
export interface ParsedTools {
  /** All tools, by the names under which the model knows them. */
  readonly tools: ToolTable;
  /** Those that it may call. */
  readonly chosen: ChosenTools;
}

/** Agents send the same tools with each turn. */
const known = new WeakMap<readonly WireTool[], ToolTable>();

function toTable(tools: readonly WireTool[]): ToolTable {
  const table = known.get(tools) ?? createToolTable(tools);
  known.set(tools, table);
  return table;
}

/** The schemas of some tools under the names of their fields. */
function* nameSchemas(tools: readonly WireTool[], at: string): Generator<NamedSchema, void, undefined> {
  for (const [index, tool] of tools.entries()) {
    const param = `${at}[${index}]`;
    if (tool.type === "namespace") yield* nameSchemas(tool.tools, `${param}.tools`);
    else if (tool.type === "function") {
      yield {
        schema: tool.parameters ?? {},
        texts: [tool.description],
        param: `${param}.parameters`,
      };
      yield* nameExamples(tool.input_examples, `${param}.input_examples`);
    } else if (tool.type === "custom") {
      yield { schema: {}, texts: [tool.description, tool.format?.definition], param: `${param}.format` };
      yield* nameExamples(tool.input_examples, `${param}.input_examples`);
    } else if (tool.type === "shell") {
      yield { schema: {}, texts: [describeSkills(tool)], param: `${param}.environment` };
    }
  }
}

/** All schemas of a request's tools, those that stand among its items included. */
function* nameAllSchemas(
  tools: readonly WireTool[],
  items: readonly PlacedItem[],
): Generator<NamedSchema, void, undefined> {
  yield* nameSchemas(tools, "tools");
  for (const { item, param } of items) {
    if ("tools" in item && Array.isArray(item.tools)) yield* nameSchemas(item.tools, `${param}.tools`);
  }
}

/**
 * Reads `tools` and `tool_choice`, and the tools that stand among the items. Throws `invalid-request` for a choice without
 * its tool, and for more than can be read.
 */
export function parseTools(
  body: Partial<Pick<RequestBody, "tools" | "tool_choice">>,
  items: readonly PlacedItem[],
): ParsedTools {
  const declared = body.tools ?? [];
  const added = items.flatMap(({ item }) => ("tools" in item && Array.isArray(item.tools) ? item.tools : []));
  boundSchemas(nameAllSchemas(declared, items));
  const tools = toTable(added.length === 0 ? declared : [...declared, ...added]);
  return { tools, chosen: parseToolChoice(body.tool_choice, tools) };
}
