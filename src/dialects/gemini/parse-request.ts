import { GatewayError } from "../../errors.ts";
import type { Mutable } from "../../model/mutable.ts";
import type { ChatRequest, Parameter, Sampling } from "../../model/request.ts";
import type { ParsedChat, Spellings } from "../dialect.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { createToolMemory } from "../remember-tools.ts";
import { toCamelCase } from "./camel-case.ts";
import { listIgnored } from "./list-ignored.ts";
import { parseInstruction, parseMessages } from "./parse-messages.ts";
import { parseResponseFormat } from "./parse-response-format.ts";
import { parseTools } from "./parse-tools.ts";
import { readEffort } from "./read-effort.ts";
import {
  countTokensSchema,
  requestSchema,
  type RequestBody,
  type WireGenerationConfig,
} from "./request-schema.ts";

/** A request for an answer, with what only this dialect's answers need. */
export interface ParsedContent extends ParsedChat {
  /** How many answers (`candidateCount`), 1–8. */
  readonly choices: number;
  /** The answer is one word of an enum, without the quotes of JSON (`text/x.enum`). */
  readonly bareEnum: boolean;
}

const parseKnown = createToolMemory();

/** Refuses what could only be answered with something else than was asked for. */
function refuseImpossible(body: RequestBody): void {
  const { generationConfig: config } = body;
  if (body.cachedContent !== undefined && body.cachedContent !== "") {
    const text =
      "'cachedContent' leads to a part of the prompt that is not here: this gateway keeps none. Send it along.";
    throw new GatewayError("unsupported", text, { param: "cachedContent" });
  }
  const wanted = config.responseModalities ?? [];
  if (wanted.length > 0 && !wanted.some((modality) => /^(?:text|modality_unspecified)$/i.test(modality))) {
    const param = "generationConfig.responseModalities";
    throw new GatewayError("unsupported", `'${param}' must hold TEXT: models here answer in words.`, {
      param,
    });
  }
  const other = config.responseFormat?.findIndex((format) => format.text === undefined) ?? -1;
  if (other !== -1) {
    const param = `generationConfig.responseFormat[${other}]`;
    throw new GatewayError("unsupported", `'${param}' must be 'text': models here answer in words.`, {
      param,
    });
  }
  if (config.responseLogprobs === true || (config.logprobs ?? 0) > 0) {
    const param = `generationConfig.${config.responseLogprobs === true ? "responseLogprobs" : "logprobs"}`;
    throw new GatewayError(
      "unsupported",
      `The models here tell no log probabilities: leave out '${param}'.`,
      { param },
    );
  }
}

const settings = ["temperature", "topP", "topK", "seed", "presencePenalty", "frequencyPenalty"] as const;

function readSampling(config: WireGenerationConfig): {
  readonly sampling: Sampling;
  readonly spellings: Spellings;
} {
  const sampling: Mutable<Sampling> = {};
  const spellings: Partial<Record<Parameter, readonly string[]>> = {};
  for (const name of settings) {
    const value = config[name];
    if (value === undefined) continue;
    sampling[name] = value;
    // A penalty of 0 asks for nothing; a temperature of 0, and a seed, do.
    if (value !== 0 || !name.endsWith("Penalty")) spellings[name] = [`generationConfig.${name}`];
  }
  return { sampling, spellings };
}

/** `models/DeepSeek-V3.2` is what the lists call `DeepSeek-V3.2`. */
export function stripModelPrefix(name: string): string {
  return name.replace(/^models\//, "");
}

/**
 * Parses the body of `generateContent` and `streamGenerateContent`, with the model of the path as `model`. Throws `invalid-request` or `unsupported`
 * that names the field. Thoughts reach only who asks for them (`includeThoughts`).
 */
export function parseRequest(input: unknown, stream = false): ParsedContent {
  const raw = toCamelCase(input);
  refuseCrowd(raw, ["contents", "tools"]);
  const body = parseKnown(raw, (one) => parseBody(requestSchema, one));
  refuseImpossible(body);
  const { generationConfig: config } = body;
  const { ignored: ignoredTools, ...tools } = parseTools(body);
  const { sampling, spellings } = readSampling(config);
  const { effort, spellings: effortSpellings, ignored: ignoredEffort } = readEffort(config);
  const { responseFormat, bareEnum } = parseResponseFormat(config);
  const { maxOutputTokens } = config;
  const request: ChatRequest = {
    model: stripModelPrefix(body.model),
    messages: [...parseInstruction(body.systemInstruction), ...parseMessages(body.contents)],
    ...tools,
    parallelToolCalls: true,
    responseFormat,
    sampling,
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    stopSequences: config.stopSequences ?? [],
    ...(effort === undefined ? {} : { effort }),
    reasoning: config.thinkingConfig.includeThoughts === true ? "field" : "drop",
  };
  return {
    request,
    stream,
    ignored: [...listIgnored(body), ...ignoredTools, ...ignoredEffort],
    spellings: { ...spellings, ...effortSpellings },
    choices: config.candidateCount ?? 1,
    bareEnum,
  };
}

/** Parses the body of `countTokens`: `contents`, or all of a request in `generateContentRequest`. Throws likewise. */
export function parseCountTokens(input: unknown): ParsedContent {
  const body = parseBody(countTokensSchema, toCamelCase(input));
  const { model, generateContentRequest: whole, ...own } = body;
  if (whole !== undefined && body.contents !== undefined && body.contents.length > 0) {
    const text =
      "'contents' can't stand beside 'generateContentRequest', which has its own: leave out one of both.";
    throw new GatewayError("invalid-request", text, { param: "contents" });
  }
  return parseRequest({ ...(whole ?? own), model });
}
