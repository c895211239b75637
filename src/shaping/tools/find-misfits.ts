import type { ChatRequest } from "../../model/request.ts";
import { parseLeniently } from "../parse-leniently.ts";
import type { SchemaWork } from "../schema/schema-work.ts";
import { createToolDirectory } from "./tool-directory.ts";

/**
 * Names of the tools whose schema the last calls of the conversation missed: those that were passed on all the same,
 * since they were streamed or no more turns were left. Only the last turn is looked at: with each request comes the next.
 */
export function findMisfits(
  { messages, tools }: Pick<ChatRequest, "messages" | "tools">,
  work: SchemaWork,
): readonly string[] {
  const last = messages.findLast(({ role }) => role === "assistant");
  const calls = last?.role === "assistant" ? last.parts.filter((part) => part.type === "tool-call") : [];
  if (calls.length === 0) return [];
  const directory = createToolDirectory(tools, work);
  return calls.flatMap((call) => {
    const tool = directory.find(call.name);
    if (tool === undefined) return [];
    const fits = tool.validate(parseLeniently(call.arguments)).length === 0;
    return fits ? [] : [tool.definition.name];
  });
}
