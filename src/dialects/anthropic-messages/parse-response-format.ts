import type { ResponseFormat } from "../../model/request.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import type { WireCountRequest } from "./request-schema.ts";

/** The form that the text of an answer must have. Throws `invalid-request` for a wrong schema, by the name of its field. */
export function parseResponseFormat(body: WireCountRequest): ResponseFormat {
  // output_format is the beta spelling of output_config.format.
  const format = body.output_config?.format ?? body.output_format;
  if (!format) return { kind: "text" };
  refuseWrongSchema(
    format.schema,
    body.output_config?.format ? "output_config.format.schema" : "output_format.schema",
  );
  return { kind: "json-schema", name: "response", schema: format.schema };
}
