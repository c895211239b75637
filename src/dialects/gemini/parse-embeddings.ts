import type { EmbeddingRequest } from "../../model/embedding.ts";
import { GatewayError, shorten } from "../../errors.ts";
import { findIgnored, findIgnoredInAll } from "../find-ignored.ts";
import { parseBody } from "../parse-body.ts";
import { toCamelCase } from "./camel-case.ts";
import { stripModelPrefix } from "./parse-request.ts";
import { batchEmbedSchema, embedSchema, type WireContent } from "./request-schema.ts";

/** A request for vectors, understood. */
export interface ParsedEmbedding {
  readonly request: EmbeddingRequest;
  readonly ignored: readonly string[];
}

const understood: ReadonlySet<string> = new Set(["model", "content", "outputDimensionality"]);

/** UTF-16 units of all texts together, as in OpenAI's API here: some million tokens. */
const longestInput = 4_000_000;

/** The text of a content. Throws for parts that are no text, and for none at all. */
function readText({ parts = [] }: WireContent, param: string): string {
  const texts = parts.map(({ text }, at) => {
    if (text !== undefined) return text;
    const place = `${param}.parts[${at}]`;
    throw new GatewayError(
      "unsupported",
      `'${place}' must be 'text': models here have no vectors of anything else.`,
      {
        param: place,
      },
    );
  });
  const text = texts.join("\n");
  if (text !== "") return text;
  throw new GatewayError("invalid-request", `'${param}' holds no text: an empty one has no vector.`, {
    param,
  });
}

function toRequest(model: string, input: string[], dimensions: number | undefined): EmbeddingRequest {
  const length = input.reduce((sum, text) => sum + text.length, 0);
  if (length > longestInput)
    throw new GatewayError(
      "invalid-request",
      `All texts together are longer than ${longestInput} characters.`,
    );
  return { model: stripModelPrefix(model), input, ...(dimensions === undefined ? {} : { dimensions }) };
}

/** Parses the body of `embedContent`. Throws `invalid-request` or `unsupported` that names the field. */
export function parseEmbedding(input: unknown): ParsedEmbedding {
  const body = parseBody(embedSchema, toCamelCase(input));
  return {
    request: toRequest(body.model, [readText(body.content, "content")], body.outputDimensionality),
    ignored: findIgnored(body, understood),
  };
}

/** Parses the body of `batchEmbedContents`, whose requests must agree on model and dimensions. Throws likewise. */
export function parseBatchEmbedding(input: unknown): ParsedEmbedding {
  const { model, requests } = parseBody(batchEmbedSchema, toCamelCase(input));
  const asked = stripModelPrefix(model);
  const dimensions = requests[0]?.outputDimensionality;
  const texts = requests.map((one, at) => {
    const param = `requests[${at}]`;
    const named = one.model === undefined || one.model === "" ? asked : stripModelPrefix(one.model);
    if (named !== asked) {
      const shown = shorten(named);
      const text = `'${param}.model' is '${shown}', but the path asks '${shorten(asked)}': one request asks one model.`;
      throw new GatewayError("invalid-request", text, {
        param: `${param}.model`,
        sent: [shown, shorten(asked)],
      });
    }
    if (one.outputDimensionality !== dimensions) {
      const field = `${param}.outputDimensionality`;
      const text = `'${field}' differs from the first one: all vectors of a request have one length.`;
      throw new GatewayError("invalid-request", text, { param: field });
    }
    return readText(one.content, `${param}.content`);
  });
  return {
    request: toRequest(model, texts, dimensions),
    ignored: findIgnoredInAll(requests, (one) => findIgnored(one, understood, "requests.")),
  };
}
