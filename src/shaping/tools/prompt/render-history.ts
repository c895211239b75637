import type { ToolCallPart, ToolResultPart } from "../../../model/request.ts";
import { taughtSyntaxFor } from "./taught-syntax.ts";

/** Earlier calls as the assistant would have written them: models copy what they see of themselves. */
export function renderToolCalls(calls: readonly ToolCallPart[], model: string): string {
  const syntax = taughtSyntaxFor(model);
  return calls.map((call) => syntax.renderCall(call.name, call.arguments)).join("\n");
}

/**
 * Results of tools, one block each, named after the tool (or the call id where the name is unknown) and in the given
 * order. All syntaxes share this form, since models only read it. The content stays as it is, whatever it holds: if
 * it has the closing tag in it, the block gets another tag.
 */
export function renderToolResults(results: readonly (ToolResultPart & { name?: string })[]): string {
  return results.map(renderToolResult).join("\n");
}

function renderToolResult(result: ToolResultPart & { name?: string }): string {
  const content = result.content.map((part) => (part.type === "text" ? part.text : "[image]")).join("\n");
  let tag = "tool_response";
  for (let count = 2; content.includes(`</${tag}>`); count += 1) tag = `tool_response_${count}`;
  const label = result.name === undefined ? `id="${result.callId}"` : `name="${result.name}"`;
  const error = result.isError ? ` error="true"` : "";
  return `<${tag} ${label}${error}>\n${content}\n</${tag}>`;
}
