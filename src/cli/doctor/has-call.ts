import type { ToolDefinition } from "../../model/request.ts";
import { createCallFinder } from "../../shaping/tools/create-call-finder.ts";
import { findLostCall } from "../../shaping/tools/find-lost-call.ts";

/** Whether a text has a call of the tool in it: in any form that models write, or in one that only looks so. */
export function hasCall(text: string, tool: ToolDefinition): boolean {
  const finder = createCallFinder({
    request: { tools: [tool], toolChoice: { kind: "auto" }, parallelToolCalls: true },
    model: "",
    argumentsMode: "whole",
    newCallId: () => "call",
  });
  finder.push(text);
  finder.end();
  return finder.found || findLostCall(text, [tool.name]) !== undefined;
}
