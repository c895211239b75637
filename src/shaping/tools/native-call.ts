import { taughtSyntaxFor } from "./prompt/taught-syntax.ts";
import { createToolDirectory } from "./tool-directory.ts";
import type { ToolRequest } from "./tool-request.ts";

/**
 * What to say to a model that called a tool by the means of its back end, of which nothing arrives: to write the call as
 * text. `name` is the tool's as the model gave it, if anybody told. `undefined`: the request offers no such tool.
 */
export function describeNativeCall(
  name: string | undefined,
  context: { readonly request: ToolRequest; readonly model: string },
): string | undefined {
  const { tools, toolChoice } = context.request;
  const directory = createToolDirectory(tools);
  const declared =
    name === undefined
      ? undefined
      : (directory.find(name) ?? directory.find(withoutMarks(name)))?.definition.name;
  if (name !== undefined && declared === undefined) return undefined;
  const wanted = toolChoice.kind === "function" ? toolChoice.name : declared;
  const { form } = taughtSyntaxFor(context.model);
  return [
    declared === wanted || declared === undefined
      ? `Your call${declared === undefined ? "" : ` of ${declared}`} did not arrive: only text does here, so a call must be written as text.`
      : `You called ${declared}, but this answer must call ${wanted}.`,
    "Write the call now, in exactly this form and with no other text:",
    wanted === undefined ? form : form.replace("TOOL", () => wanted),
  ].join("\n");
}

/**
 * A name without what back ends leave around it when they read a model's tokens, and the directory does not know:
 * `to=functions.NAME` (gpt-oss), `NAME(…)`, quotes around more of it, signs without width.
 */
function withoutMarks(name: string): string {
  return name
    .replace(/^[\s\S]*\bto=/, "")
    .replace(/\([\s\S]*$/, "")
    .replace(/[\p{Cf}\s"'`]/gu, "");
}
