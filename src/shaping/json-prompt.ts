import type { ResponseFormat } from "../model/request.ts";

/**
 * What tells the model which form its answer must have; "" for plain text. Compact: tokens are scarce.
 * `besideTools`: the model may call tools instead of answering.
 */
export function createJsonPrompt(format: ResponseFormat, options: { readonly besideTools: boolean }): string {
  if (format.kind === "text") return "";
  const when = options.besideTools ? "When you call no tool, answer" : "Answer";
  const only = "and nothing else: no explanation, no code fence.";
  if (format.kind === "json-object") return `${when} with one JSON object ${only}`;
  const { $schema: _draft, ...schema } = format.schema;
  const about = format.description === undefined ? "" : ` (${format.description})`;
  return (
    `${when} with one JSON value ${only} ` +
    `It is "${format.name}"${about} and must be valid against this JSON Schema:\n${JSON.stringify(schema)}`
  );
}
