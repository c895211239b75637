import type { JsonSchema } from "../model/request.ts";

/** The form of a custom tool's input: free text, or text of a grammar. Source: OpenAI's `CustomTool`. */
export interface CustomFormat {
  readonly type: string;
  readonly syntax?: string | undefined;
  readonly definition?: string | undefined;
}

function describeCustomInput(format: CustomFormat | undefined): string {
  if (format?.type !== "grammar" || format.definition === undefined) return "Free-form text, not JSON.";
  return `Text that matches this grammar${format.syntax === undefined ? "" : ` (${format.syntax})`}:\n${format.definition}`;
}

/** The parameters by which a custom tool is offered as a function; `createCustomInputDecoder` reads them back. */
export function toCustomParameters(format: CustomFormat | undefined): JsonSchema {
  return {
    type: "object",
    properties: { input: { type: "string", description: describeCustomInput(format) } },
    required: ["input"],
    additionalProperties: false,
  };
}
