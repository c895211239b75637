import { GatewayError } from "../../errors.ts";
import type { ReasoningMode, ResponseFormat } from "../../model/request.ts";
import { refuseWrongSchema } from "../../shaping/schema/compile-json-schema.ts";
import type { ParsedChat } from "../dialect.ts";
import { findIgnored } from "../ignored-parameters.ts";
import { parseBody, refuseCrowd } from "../parse-body.ts";
import { parseChatMessages } from "./parse-messages.ts";
import { parseTools } from "./parse-tools.ts";
import { chatBody, type ChatBody } from "./request-schema.ts";

/** A chat completion request, with what only this dialect's answers need. */
export interface ParsedChatCompletion extends ParsedChat {
  /** How many answers (`n`), 1–8. */
  readonly choices: number;
  readonly includeUsage: boolean;
  /** True: calls are answered as `function_call`, since they were asked for by `functions`. */
  readonly legacyFunctions: boolean;
}

const understood = new Set([...Object.keys(chatBody.shape), "audio"]);

/** Refuses what could only be answered with something else than was asked for. */
function refuseImpossible(body: ChatBody): void {
  if (body.modalities?.includes("audio") === true || (body["audio"] ?? undefined) !== undefined) {
    throw new GatewayError(
      "unsupported",
      "Akash Chat can't speak: leave out 'audio' and ask for modalities [\"text\"].",
      {
        param: body.modalities === undefined ? "audio" : "modalities",
      },
    );
  }
  if (body.logprobs === true || (body.top_logprobs ?? 0) > 0) {
    const param = body.logprobs === true ? "logprobs" : "top_logprobs";
    throw new GatewayError(
      "unsupported",
      `Akash Chat does not tell log probabilities: leave out '${param}'.`,
      { param },
    );
  }
}

/** Throws for a wrong schema, by the name of its field. */
function toResponseFormat(format: ChatBody["response_format"]): ResponseFormat {
  if (format?.type === "json_object") return { kind: "json-object" };
  if (format?.type !== "json_schema") return { kind: "text" };
  const { name, description, schema } = format.json_schema;
  if (schema === undefined) return { kind: "json-object" };
  refuseWrongSchema(schema, "response_format.json_schema.schema");
  return { kind: "json-schema", name, ...(description === undefined ? {} : { description }), schema };
}

/** Groq's `reasoning_format` and `include_reasoning`: the caller's own wish, over the gateway's setting. */
function toReasoningMode(body: ChatBody): ReasoningMode | undefined {
  if (body.include_reasoning === false) return "drop";
  if (body.reasoning_format === undefined) return body.include_reasoning === true ? "field" : undefined;
  return ({ parsed: "field", raw: "inline", hidden: "drop" } as const)[body.reasoning_format];
}

/**
 * Parses the body of `POST /v1/chat/completions`. Throws `invalid-request` or `unsupported` that names the field.
 * Temperature and topP have this route's own defaults (row C1 of test/contract.test.ts), not the model's.
 *
 * Beyond OpenAI's reference: `topP` for `top_p`; `reasoning_format` (`parsed`: in `reasoning_content`, `raw`: inside the
 * text as `<think>`, `hidden`: left out) and `include_reasoning: false`, as Groq has them.
 */
export function parseChatCompletion(input: unknown): ParsedChatCompletion {
  refuseCrowd(input, ["messages", "tools"]);
  const body = parseBody(chatBody, input);
  refuseImpossible(body);
  const { tools, toolChoice, legacy, ignored } = parseTools(body);
  const maxOutputTokens = body.max_completion_tokens ?? body.max_tokens;
  const reasoning = toReasoningMode(body);
  return {
    request: {
      model: body.model,
      messages: parseChatMessages(body.messages),
      tools,
      toolChoice,
      parallelToolCalls: !legacy && (body.parallel_tool_calls ?? true),
      responseFormat: toResponseFormat(body.response_format),
      sampling: { temperature: body.temperature ?? 0.85, topP: body.top_p ?? body.topP ?? 1 },
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      stopSequences: body.stop ?? [],
      ...(reasoning === undefined ? {} : { reasoning }),
    },
    stream: body.stream ?? false,
    ignored: [...findIgnored(body, understood), ...ignored],
    choices: body.n ?? 1,
    includeUsage: body.stream_options?.include_usage ?? false,
    legacyFunctions: legacy,
  };
}
