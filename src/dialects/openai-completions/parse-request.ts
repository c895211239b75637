import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../model/request.ts";
import type { ParsedChat } from "../dialect.ts";
import { findIgnored } from "../find-ignored.ts";
import { findIgnoredStreamOptions } from "../find-openai-ignored.ts";
import { parseBody } from "../parse-body.ts";
import { rareSampling, readSampling } from "../sampling-fields.ts";
import { toContinuation } from "../to-continuation.ts";
import { requestSchema } from "./request-schema.ts";

/** Prompts times `n`: each is a request to the upstream of its own, all at once. */
const choiceLimit = 20;

const understood = new Set(Object.keys(requestSchema.shape).filter((name) => !rareSampling.has(name)));

/** A legacy completion request: one canonical request for each prompt. */
export interface ParsedCompletion {
  readonly requests: readonly ChatRequest[];
  /** The prompts, when the answer repeats them (`echo`). */
  readonly echo: readonly string[] | undefined;
  /** Answers for each prompt (`n`). */
  readonly choices: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly ignored: ParsedChat["ignored"];
  readonly spellings: ParsedChat["spellings"];
}

/**
 * Parses the body of `POST /v1/completions`. Throws `invalid-request` or `unsupported` that names the field.
 * Without `max_tokens` there is no limit: the reference's default of 16 would cut every answer of today's tools.
 */
export function parseRequest(input: unknown): ParsedCompletion {
  const body = parseBody(requestSchema, input);
  if (body.logprobs !== undefined && body.logprobs !== false) {
    throw new GatewayError(
      "unsupported",
      "The models here tell no log probabilities: leave out 'logprobs'.",
      {
        param: "logprobs",
      },
    );
  }
  const prompts = [body.prompt].flat();
  const choices = body.n ?? 1;
  if (prompts.length * choices > choiceLimit) {
    throw new GatewayError(
      "invalid-request",
      `'prompt' times 'n' must not be more than ${choiceLimit} answers.`,
      {
        param: "prompt",
      },
    );
  }
  const { max_tokens: maxOutputTokens } = body;
  const { sampling, spellings } = readSampling(body);
  return {
    requests: prompts.map((text) => ({
      model: body.model,
      ...toContinuation(text, body.suffix),
      responseFormat: { kind: "text" },
      sampling,
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      stopSequences: body.stop ?? [],
      // This API has no place for thinking.
      reasoning: "drop",
    })),
    echo: body.echo === true ? prompts : undefined,
    choices,
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    spellings,
    ignored: [
      ...findIgnored(body, understood),
      ...findIgnoredStreamOptions(body.stream_options),
      ...((body.best_of ?? 1) > choices ? ["best_of"] : []),
    ],
  };
}
