import { z } from "zod";

import { shorten } from "../../errors.ts";
import { type FieldPath, toFieldError } from "./parse-body.ts";
import type { WireBlock, WireMessage, WireTool, WireToolChange } from "./request-schema.ts";

/** A tool that is defined inside the conversation. */
export interface DefinedTool {
  readonly tool: WireTool;
  readonly path: FieldPath;
}

/** What the conversation says about tools, beside `tools`. */
export interface ToolHistory {
  /** Tools defined by `tool_addition`; of one name only the newest. */
  readonly defined: readonly DefinedTool[];
  /** Names that were added, found by a search, or called: deferred tools of these names are loaded. */
  readonly shown: ReadonlySet<string>;
  /** Names that were removed and not added again. */
  readonly removed: ReadonlySet<string>;
  /** Kinds of additions and removals without effect: `tool_addition (mcp_tool_reference)`. */
  readonly ignored: readonly string[];
}

/** What Anthropic's own tool search found, in an earlier turn elsewhere. */
const searchResult = z.object({ tool_references: z.array(z.object({ tool_name: z.string() })) });

/** The name under which a tool is referred to: that of a toolset is its family. */
export function nameOfTool({ name, type }: WireTool): string {
  return name ?? /^(browser|computer)_toolset_/.exec(type ?? "")?.[1] ?? type ?? "";
}

/** What an addition or a removal tells the model; nothing for what has no effect. */
export function describeChange({ type, tool }: WireToolChange): string | undefined {
  const name =
    tool.type === "tool_definition"
      ? nameOfTool(tool.definition)
      : tool.type === "tool_reference"
        ? tool.name
        : undefined;
  if (name === undefined) return undefined;
  return type === "tool_addition"
    ? `The tool "${name}" is available from now on.`
    : `The tool "${name}" is no longer available.`;
}

/**
 * Reads what the messages say about tools, in order. Throws `invalid-request` for the addition of a tool that is
 * neither among `declared` nor defined before.
 */
export function readToolHistory(
  messages: readonly WireMessage[],
  declared: readonly WireTool[],
): ToolHistory {
  const defined = new Map<string, DefinedTool>();
  const shown = new Set<string>();
  const removed = new Set<string>();
  const ignored = new Set<string>();
  const known = new Set(declared.map(nameOfTool));

  function apply({ type, tool }: WireToolChange, path: FieldPath): void {
    if (tool.type === "tool_definition") {
      const name = nameOfTool(tool.definition);
      defined.set(name, { tool: tool.definition, path: [...path, "tool", "definition"] });
      known.add(name);
      shown.add(name);
      removed.delete(name);
    } else if (tool.type !== "tool_reference") {
      ignored.add(`${type} (${tool.type})`);
    } else if (type === "tool_removal") {
      removed.add(tool.name);
    } else if (known.has(tool.name)) {
      shown.add(tool.name);
      removed.delete(tool.name);
    } else {
      const name = shorten(tool.name);
      throw toFieldError([...path, "tool", "name"], `Tool '${name}' is neither in tools nor defined before`, {
        sent: [name],
      });
    }
  }

  function read(block: WireBlock, path: FieldPath): void {
    switch (block.type) {
      case "tool_addition":
      case "tool_removal":
        apply(block, path);
        break;
      case "compaction":
        for (const [index, change] of (block.tool_changes ?? []).entries())
          apply(change, [...path, "tool_changes", index]);
        break;
      case "tool_use":
        shown.add(block.toolset_name ?? block.name);
        break;
      case "tool_result":
        for (const part of block.content ?? []) if (part.type === "tool_reference") shown.add(part.tool_name);
        break;
      case "tool_search_tool_result": {
        const found = searchResult.safeParse(block.content).data?.tool_references ?? [];
        for (const { tool_name: name } of found) shown.add(name);
        break;
      }
      default:
        break;
    }
  }

  for (const [at, { content }] of messages.entries())
    for (const [index, block] of content.entries()) read(block, ["messages", at, "content", index]);
  return { defined: [...defined.values()], shown, removed, ignored: [...ignored] };
}
