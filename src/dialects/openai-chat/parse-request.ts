import { GatewayError } from "../../errors.ts";
import type { ReasoningMode } from "../../model/request.ts";
import type { ParsedChat } from "../dialect.ts";
import { acceptPlain } from "./accept-plain.ts";
import { refuseUnsafe } from "../find-openai-ignored.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { createToolMemory } from "../remember-tools.ts";
import { readSampling } from "../sampling-fields.ts";
import { listIgnored } from "./list-ignored.ts";
import { parseMessages } from "./parse-messages.ts";
import { parseTools } from "./parse-tools.ts";
import { excludesReasoning, readEffort } from "./read-effort.ts";
import { requestSchema, type RequestBody } from "./request-schema.ts";
import { parseResponseFormat } from "./parse-response-format.ts";

/** A chat completion request, with what only this dialect's answers need. */
export interface ParsedChatCompletion extends ParsedChat {
  /** How many answers (`n`), 1–8. */
  readonly choices: number;
  readonly includeUsage: boolean;
  /** True: calls are answered as `function_call`, since they were asked for by `functions`. */
  readonly legacyFunctions: boolean;
  /** Names of the tools that take free-form text: their calls are answered as type `custom`. */
  readonly customTools: ReadonlySet<string>;
}

const parseKnown = createToolMemory();

/** Refuses what could only be answered with something else than was asked for. */
function refuseImpossible(body: RequestBody): void {
  if (body.modalities?.includes("audio") === true || (body["audio"] ?? undefined) !== undefined) {
    throw new GatewayError(
      "unsupported",
      "The models here can't speak: leave out 'audio' and ask for modalities [\"text\"].",
      {
        param: body.modalities === undefined ? "audio" : "modalities",
      },
    );
  }
  if (body.logprobs === true || (body.top_logprobs ?? 0) > 0) {
    const param = body.logprobs === true ? "logprobs" : "top_logprobs";
    throw new GatewayError(
      "unsupported",
      `The models here tell no log probabilities: leave out '${param}'.`,
      {
        param,
      },
    );
  }
}

/** Groq's `reasoning_format` and `include_reasoning`, OpenRouter's `reasoning.exclude`: the caller's own wish, over the gateway's setting. */
function toReasoningMode(body: RequestBody): ReasoningMode | undefined {
  if (body.include_reasoning === false || excludesReasoning(body)) return "drop";
  if (body.reasoning_format === undefined) return body.include_reasoning === true ? "field" : undefined;
  return ({ parsed: "field", raw: "inline", hidden: "drop" } as const)[body.reasoning_format];
}

/**
 * Parses the body of `POST /v1/chat/completions`. Throws `invalid-request` or `unsupported` that names the field.
 * Temperature and topP have this route's own defaults (row C1 of test/contract.test.ts), not the model's.
 *
 * Beyond OpenAI's reference: `topP` for `top_p`; `reasoning_format` (`parsed`: in `reasoning_content`, `raw`: inside the
 * text as `<think>`, `hidden`: left out) and `include_reasoning: false`, as Groq has them; sampling and efforts as local servers and OpenRouter have them.
 */
export function parseRequest(input: unknown): ParsedChatCompletion {
  return acceptPlain(input) ?? judge(input);
}

/** As `parseRequest`, for bodies of any kind. */
export function judge(input: unknown): ParsedChatCompletion {
  refuseCrowd(input, ["messages", "tools"]);
  const body = parseKnown(input, (one) => parseBody(requestSchema, one));
  refuseImpossible(body);
  refuseUnsafe(body);
  const { tools, toolChoice, legacy, customNames, ignored } = parseTools(body);
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens;
  const reasoning = toReasoningMode(body);
  const { sampling, spellings } = readSampling(body);
  const { effort, names } = readEffort(body);
  return {
    request: {
      model: body.model,
      messages: parseMessages(body.messages),
      tools,
      toolChoice,
      parallelToolCalls: !legacy && (body.parallel_tool_calls ?? true),
      responseFormat: parseResponseFormat(body.response_format),
      sampling,
      usualSampling: { temperature: 0.85, topP: 1 },
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      stopSequences: body.stop ?? [],
      ...(effort === undefined ? {} : { effort }),
      ...(reasoning === undefined ? {} : { reasoning }),
      ...(body.prompt_cache_key === undefined ? {} : { cacheKey: body.prompt_cache_key }),
    },
    stream: body.stream ?? false,
    ignored: [...listIgnored(body, input), ...ignored],
    spellings: effort === undefined ? spellings : { ...spellings, effort: names },
    choices: body.n ?? 1,
    includeUsage: body.stream_options?.include_usage ?? false,
    legacyFunctions: legacy,
    customTools: customNames,
  };
}
