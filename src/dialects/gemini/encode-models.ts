import { z } from "zod";

import { GatewayError, shorten } from "../../errors.ts";
import type { ListedModel } from "../../model/leg.ts";
import { parseBody } from "../parse-body.ts";
import { describeShown, hasNativeReasoning, type ShownFacts, type ShownModel } from "../shown-model.ts";

/** A model of Gemini's list, and what the gateway adds. What is not known is left out. Source: https://ai.google.dev/api/models */
export interface GeminiModel extends ShownFacts {
  /** `models/` and the id. */
  readonly name: string;
  readonly baseModelId: string;
  readonly version: string;
  readonly displayName: string;
  readonly description?: string;
  /** Tokens that prompt and answer share. */
  readonly inputTokenLimit?: number;
  readonly outputTokenLimit?: number;
  readonly supportedGenerationMethods: readonly string[];
  readonly temperature?: number;
  readonly topP?: number;
  /** Whether an upstream lets itself be told how much to think. */
  readonly thinking?: true;
}

/** Gemini's list of models, or a page of it. */
export interface GeminiModelList {
  readonly models: readonly GeminiModel[];
  readonly nextPageToken?: string;
}

const answering = ["generateContent", "streamGenerateContent", "countTokens"];

/** What can be asked of a model, by the names of the API's methods. */
function methodsOf({ kind }: ListedModel): readonly string[] {
  switch (kind) {
    case "chat":
    case "image":
      return answering;
    case "embedding":
      return ["embedContent", "batchEmbedContents"];
    default:
      return [];
  }
}

/** The answer to `GET /v1beta/models/{id}`. */
export function encodeModel({ model }: ShownModel): GeminiModel {
  const { contextLength, maxOutputTokens, temperature, topP } = model;
  return {
    name: `models/${model.id}`,
    baseModelId: model.aliasOf ?? model.id,
    // The field is required, and nobody tells versions.
    version: "latest",
    displayName: model.name ?? model.id,
    ...(model.description === undefined ? {} : { description: model.description }),
    ...(contextLength === undefined ? {} : { inputTokenLimit: contextLength }),
    ...(maxOutputTokens === undefined ? {} : { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: methodsOf(model),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(hasNativeReasoning(model) ? { thinking: true } : {}),
    ...describeShown(model),
  };
}

/** Without a `pageSize` the list is one page. */
const pageQuery = z.looseObject({
  pageSize: z
    .string()
    .regex(/^\d{1,9}$/, "expected a whole number")
    .transform(Number)
    .optional(),
  pageToken: z.string().optional(),
});

/**
 * The answer to `GET /v1beta/models`: all of them, or the page that the query asks for. A page's token is the name of the last model of the one
 * before. Throws kind `invalid-request` that names the parameter.
 */
export function encodeModels(shown: readonly ShownModel[], query: unknown): GeminiModelList {
  const { pageSize = 0, pageToken = "" } = parseBody(pageQuery, query);
  const models = shown.map(encodeModel);
  const before = models.findIndex(({ name }) => name === pageToken);
  if (pageToken !== "" && before === -1) {
    const token = shorten(pageToken);
    const text = `'pageToken' is not valid: no page ends at '${token}'. Take it from 'nextPageToken'.`;
    throw new GatewayError("invalid-request", text, { param: "pageToken", sent: [token] });
  }
  const rest = models.slice(before + 1);
  // 0 is for the API to choose.
  const page = pageSize === 0 ? rest : rest.slice(0, pageSize);
  const last = page.at(-1);
  return {
    models: page,
    ...(last === undefined || page.length === rest.length ? {} : { nextPageToken: last.name }),
  };
}
