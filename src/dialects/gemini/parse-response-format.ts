import { GatewayError, shorten } from "../../errors.ts";
import type { JsonSchema, ResponseFormat } from "../../model/request.ts";
import { boundSchemas } from "../../shaping/schema/bound-schemas.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import { parseSchema } from "./parse-schema.ts";
import type { WireGenerationConfig } from "./request-schema.ts";

/** The form of an answer, and whether it is one word of an enum that shall come without its quotes. */
export interface ParsedFormat {
  readonly responseFormat: ResponseFormat;
  readonly bareEnum: boolean;
}

const json = "application/json";
const bareEnum = "text/x.enum";

interface Wish {
  readonly mimeType: string | undefined;
  readonly mimeTypeAt: string;
  readonly schema: JsonSchema | undefined;
  readonly schemaAt: string;
}

/** What the settings ask for; `responseFormat` is the newer spelling of the others. */
function readWish(config: WireGenerationConfig): Wish {
  const text = config.responseFormat?.find((format) => format.text !== undefined)?.text;
  const at = "generationConfig";
  const [schema, schemaAt] =
    config.responseJsonSchema !== undefined
      ? [config.responseJsonSchema, `${at}.responseJsonSchema`]
      : config.responseSchema !== undefined
        ? [config.responseSchema, `${at}.responseSchema`]
        : [text?.schema, `${at}.responseFormat.text.schema`];
  return {
    mimeType: config.responseMimeType ?? text?.mimeType,
    mimeTypeAt:
      config.responseMimeType === undefined ? `${at}.responseFormat.text.mimeType` : `${at}.responseMimeType`,
    schema,
    schemaAt,
  };
}

function refuse(
  kind: "invalid-request" | "unsupported",
  param: string,
  text: string,
  sent: string[] = [],
): never {
  throw new GatewayError(kind, `'${param}' ${text}`, { param, sent });
}

function isEnum({ type, enum: values }: JsonSchema): boolean {
  return (type === "string" || type === undefined) && Array.isArray(values) && values.length > 0;
}

/**
 * The form that the text of an answer must have: a schema, with `application/json` or without, that type alone, or `text/x.enum` with an enum. Throws
 * `unsupported` for any other type, and `invalid-request` for a wrong schema or two at once, by the name of the field.
 */
export function parseResponseFormat(config: WireGenerationConfig): ParsedFormat {
  if (config.responseSchema !== undefined && config.responseJsonSchema !== undefined)
    refuse(
      "invalid-request",
      "generationConfig.responseJsonSchema",
      "and 'generationConfig.responseSchema' can't both be given: leave out one.",
    );
  const { mimeType, mimeTypeAt, schema, schemaAt } = readWish(config);
  const type = mimeType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!["", "text/plain", json, bareEnum].includes(type)) {
    const shown = shorten(type);
    refuse(
      "unsupported",
      mimeTypeAt,
      `is ${shown}, but models here write text/plain, ${json} and ${bareEnum}.`,
      [shown],
    );
  }
  if (schema === undefined) {
    if (type === bareEnum)
      refuse("invalid-request", mimeTypeAt, `is ${bareEnum}, which needs a 'responseSchema'.`);
    return { responseFormat: { kind: type === json ? "json-object" : "text" }, bareEnum: false };
  }
  boundSchemas([{ schema, param: schemaAt }]);
  const parsed = parseSchema(schema);
  refuseWrongSchema(parsed, schemaAt);
  if (type === bareEnum && !isEnum(parsed))
    refuse("invalid-request", schemaAt, `must be a STRING with an 'enum', since the answer is ${bareEnum}.`);
  return {
    responseFormat: { kind: "json-schema", name: "response", schema: parsed },
    bareEnum: type === bareEnum,
  };
}
