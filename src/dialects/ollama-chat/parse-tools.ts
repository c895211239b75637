import type { ToolDefinition } from "../../model/request.ts";
import { boundSchemas } from "../../shaping/schema/bound-schemas.ts";
import type { RequestBody } from "./request-schema.ts";

/** The tools of a request. */
export interface ParsedTools {
  readonly tools: readonly ToolDefinition[];
  /** Tools of other types than functions, which are left out: `tools[2]`. */
  readonly ignored: readonly string[];
}

/** Reads `tools`: this API has no choice of one. Throws kind `invalid-request` for too much. */
export function parseTools({ tools: wire = [] }: Pick<RequestBody, "tools">): ParsedTools {
  boundSchemas(
    wire.flatMap((tool, index) => {
      const { parameters: schema = {}, description } = tool ?? {};
      return [{ schema, texts: [description], param: `tools[${index}].function.parameters` }];
    }),
  );
  return {
    tools: wire.flatMap((tool) => (tool === undefined ? [] : [toDefinition(tool)])),
    ignored: wire.flatMap((tool, index) => (tool === undefined ? [`tools[${index}]`] : [])),
  };
}

type WireTool = NonNullable<NonNullable<RequestBody["tools"]>[number]>;

function toDefinition({ name, description = "", parameters }: WireTool): ToolDefinition {
  return {
    name,
    ...(description === "" ? {} : { description }),
    parameters: parameters ?? { type: "object" },
  };
}
